"""Word lists as text files: `[section]` lines, words between bars, `#` comments. Data, so that they can be read and corrected."""

from functools import cache
from importlib.resources import files


@cache
def word_lists(name: str) -> dict[str, tuple[str, ...]]:
    """The words of NAME.txt by section, in the order of the file, repeats left out."""
    by_section: dict[str, dict[str, None]] = {}
    words: dict[str, None] = {}
    for line in (files(__package__) / f"{name}.txt").read_text("utf-8").splitlines():
        if line.startswith("["):
            words = by_section.setdefault(line.strip("[] "), {})
        elif not line.startswith("#"):
            words.update((word.strip(), None) for word in line.split("|") if word.strip())
    return {section: tuple(words) for section, words in by_section.items()}
