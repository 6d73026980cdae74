"""The one place that prints. What files, servers, models and corpora said reaches a terminal as text, never as a command to it,
and without keys and passwords.

`print` stands nowhere else in the package; a test holds that.
"""

import json
import re
import sys
from typing import TextIO

from secondhalf.text.secrets import mask_secrets
from secondhalf.text.visible import escape_invisible, is_visible

INVERSE, PLAIN = "\x1b[7m", "\x1b[27m"
"""The one style that our own text may have on a terminal: begins and ends inverse video."""


def printable(text: str) -> str:
    """The text as it may be printed: secrets blotted out, controls, escapes and marks of direction written out."""
    return escape_invisible(mask_secrets(text))


def print_text(text: str, *, end: str = "\n", styled: bool = False, file: TextIO | None = None) -> None:
    """Prints a text for people on standard output, or on `file`. `styled`: INVERSE and PLAIN in it stay what they are."""
    parts = re.split(f"({re.escape(INVERSE)}|{re.escape(PLAIN)})", text) if styled else [text]
    shown = "".join(part if styled and part in {INVERSE, PLAIN} else printable(part) for part in parts)
    print(shown, end=end, flush=True, file=file or sys.stdout)


def print_error(text: str) -> None:
    """Prints a text for people on standard error."""
    print_text(text, file=sys.stderr)


def print_json(value: object) -> None:
    """Prints a value as one line of JSON on standard output."""
    print_result(json.dumps(value, ensure_ascii=False), as_json=True)


def print_new_key(name: str, key: str, *, as_json: bool) -> None:
    """Prints a key that was made this moment: its owner sees it this once, and everything else that is printed blots it out."""
    print(json.dumps({"name": name, "key": key}) if as_json else key, flush=True)


def print_script(text: str) -> None:
    """Prints a script for a shell, which holds our own words alone, as it stands."""
    print(text, end="", flush=True)


def print_result(text: str, *, as_json: bool) -> None:
    """Prints a command's result: a text for people, or JSON, in which what is no letter stands as \\uXXXX."""
    if not as_json:
        print_text(text)
        return
    print("".join(c if is_visible(c) else json.dumps(c)[1:-1] for c in mask_secrets(text)), flush=True)
