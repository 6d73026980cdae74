"""Modules as users write them: in the current folder, outside the package."""

from itertools import count
from pathlib import Path
from textwrap import dedent

_NUMBERS = count()


def write_module(source: str, name: str = "") -> str:
    """Writes a module into the current folder; returns its name, by default one that no other test has."""
    name = name or f"mine_{next(_NUMBERS)}"
    path = Path(*name.split(".")).with_suffix(".py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(dedent(source), "utf-8")
    return name
