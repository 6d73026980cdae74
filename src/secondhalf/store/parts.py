"""The order of a stage's parts: by number. Five digits are written, and names sort by themselves up to 99999 alone."""

import re
from collections.abc import Iterable
from pathlib import Path

_NUMBER = re.compile(r"-(\d+)\.")


def in_order(parts: Iterable[Path]) -> list[Path]:
    """Paths of one kind, such as part-00000.parquet, by their number."""
    return sorted(parts, key=lambda path: (_number(path.name), path.name))


def _number(name: str) -> int:
    match = _NUMBER.search(name)
    return int(match[1]) if match else -1
