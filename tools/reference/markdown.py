"""Texts of the code as Markdown."""

import re

MADE = "<!-- python tools/reference writes this page from the code -->"


def cell(text: str) -> str:
    """Text on one line, its signs of Markdown and HTML shown as they stand; what is between backticks stays."""
    parts = re.split(r"(`[^`]*`)", " ".join(text.split()))
    return "".join(part.replace("|", "\\|") if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(text: str) -> str:
    return re.sub(r"([*_<>|\[\]])", r"\\\1", text)
