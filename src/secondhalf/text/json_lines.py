"""JSON lines from a user's or a benchmark's file, each with its place, read with distrust."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError

Row = tuple[str, dict[str, Any]]
"""FILE, line N and the object that stands there."""


def read(path: Path, field: str) -> list[Row]:
    """The rows of a file, blank lines skipped; or the objects of one JSON list.

    Raises UserError naming the line, or the recipe's `field` to correct.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): correct {field}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8.") from error
    whole = "\n".join(lines).lstrip()
    rows = _listed(whole, path) if whole.startswith("[") else list(parse(lines, str(path)))
    if not rows:
        raise UserError(f"{path} holds no rows: write a JSON object a line.")
    return rows


def _listed(whole: str, path: Path) -> list[Row]:
    try:
        rows = json.loads(whole)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is no JSON ({error}): write a list of objects, or an object a line.") from error
    if not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{path}: every entry of the list must be an object.")
    return [(f"{path}, entry {number}", row) for number, row in enumerate(rows, 1)]


def parse(lines: Iterable[str], name: str) -> Iterator[Row]:
    """As `read`, from lines."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        place = f"{name}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{place} is no JSON ({error}): write a JSON object a line.") from error
        if not isinstance(row, dict):
            raise UserError(f"{place} is no JSON object: write one a line.")
        yield place, row


def key(row: dict[str, Any], field: str, place: str) -> str:
    """A row's id as text. Raises UserError for one that is missing, or neither a number nor a text."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise UserError(f"{place}: {field} is {told(row, field)}; write a number or a text of its own.")
    if str(value).endswith("#again"):  # which marks a question that is put to a judge again
        raise UserError(f"{place}: {field} is {told(row, field)}; an id must not end in #again.")
    return str(value)


def text(row: dict[str, Any], field: str, place: str) -> str:
    """A field that must hold text. Raises UserError when it does not."""
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{place}: {field} is {told(row, field)}; write a text.")
    return value


def once(ids: dict[str, str], id: str, field: str, place: str) -> None:
    """Remembers where an id stands. Raises UserError when it stood before."""
    if id in ids:
        first = ids[id].rpartition(" ")[2]
        raise UserError(f"{place}: the {field} {id} was used in line {first}; give every row its own.")
    ids[id] = place


def told(row: dict[str, Any], field: str) -> str:
    """What a field holds, shortened for an error."""
    return f"{row[field]!r}"[:60] if field in row else "missing"
