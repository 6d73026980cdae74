"""The commented whole of a recipe: every field, its documentation and its value."""

import re
from pathlib import Path

from secondhalf.output import printable
from secondhalf.recipe import Recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.text.shell import shell_word

_DATA = "\ndata:\n  taught: {}\n  original:\n    teach: {model: original, like: taught}\n"
_ARMS = (
    "arms:\n  untouched: {student: base}\n  original: {student: base, data: {original: 1}}\n"
    "  taught: {student: base, data: {taught: 1}, compare_to: [untouched, original]}\n"
)


def with_every_field(recipe: Recipe, path: Path) -> str:
    """A recipe's text with every field, to be edited. Its data sets and arms are those that `init` writes."""
    command = f"secondhalf run {printable(shell_word(str(path)))}"
    head = f"# {command}\n#\n# Every field with its default. What you do not change, you may delete.\n"
    # The name of a template is what a person edits; its text is for resolved recipes.
    text = re.sub(r"\n  template:\n(?:    .*\n|\n)+", "\n  template: plain\n", write_yaml(recipe, head))
    # What data sets and arms take over from the top of the recipe need not stand there again.
    start = text.index("\ndata:\n")
    before_arms, after_arms = text[start:].split("\narms:\n")
    data = _DATA + _without_block(before_arms.removeprefix("\ndata:\n"))
    return f"{text[:start]}{data}\n{_ARMS}{_without_block(after_arms)}"


def _without_block(text: str) -> str:
    """Drops the indented lines that a mapping began with."""
    lines = text.splitlines(keepends=True)
    first = next((i for i, line in enumerate(lines) if line[:1] not in {" ", "\n"}), len(lines))
    return "".join(lines[first:])
