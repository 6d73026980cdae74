"""A word of a command that people are told to type."""

import re
import shlex

_PLAIN = re.compile(r"[\w@%+=:,./-]+")  # letters of every script: shells take them as they stand


def shell_word(text: str) -> str:
    """The text as one word of a shell's: in quotes where it has blanks or signs that a shell reads."""
    return text if _PLAIN.fullmatch(text) else shlex.quote(text)
