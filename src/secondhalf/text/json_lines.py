"""JSON lines from a user's or a benchmark's file, each with its location, read with distrust.

A location is FILE, line N (of a JSON list: FILE, entry N), as errors print it.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError

LocatedRow = tuple[str, dict[str, Any]]
"""A location and the object that stands there."""


def read(path: Path, field: str) -> list[LocatedRow]:
    """The rows of a file, blank lines skipped; or the objects of one JSON list.

    Raises UserError naming the recipe's `field` when the file cannot be read, the line when it is no JSON object, and the file
    when it is not UTF-8 or holds no rows.
    """
    try:
        lines = path.read_text("utf-8-sig").split("\n")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): correct {field}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8.") from error
    content = "\n".join(lines).lstrip()
    rows = _parse_list(content, path) if content.startswith("[") else list(parse(lines, str(path)))
    if not rows:
        raise UserError(f"{path} holds no rows: write a JSON object a line.")
    return rows


def _parse_list(content: str, path: Path) -> list[LocatedRow]:
    try:
        rows = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} is no JSON ({error}): write a list of objects, or an object a line.") from error
    if not all(isinstance(row, dict) for row in rows):
        raise UserError(f"{path}: every entry of the list must be an object.")
    return [(f"{path}, entry {number}", row) for number, row in enumerate(rows, 1)]


def parse(lines: Iterable[str], name: str) -> Iterator[LocatedRow]:
    """As `read`, from lines; `name` stands for the file. Raises UserError naming the line that is no JSON object."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        location = f"{name}, line {number}"
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise UserError(f"{location} is no JSON ({error}): write a JSON object a line.") from error
        if not isinstance(row, dict):
            raise UserError(f"{location} is no JSON object: write one a line.")
        yield location, row


def key(row: dict[str, Any], field: str, location: str) -> str:
    """A row's id as text. Raises UserError for one that is missing, or neither a number nor a text."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip():
        raise UserError(f"{location}: {field} is {describe_value(row, field)}; write a number or a text of its own.")
    if str(value).endswith("#again"):  # which marks a question that is put to a judge again
        raise UserError(f"{location}: {field} is {describe_value(row, field)}; an id must not end in #again.")
    return str(value)


def text(row: dict[str, Any], field: str, location: str) -> str:
    """A field that must hold text. Raises UserError when it is missing, blank or something else."""
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise UserError(f"{location}: {field} is {describe_value(row, field)}; write a text.")
    return value


def check_unique(ids: dict[str, str], id: str, field: str, location: str) -> None:
    """Remembers in `ids` where an id stands. Raises UserError when it stood before."""
    if id in ids:
        first_line = ids[id].rpartition(" ")[2]
        raise UserError(f"{location}: the {field} {id} was used in line {first_line}; give every row its own.")
    ids[id] = location


def describe_value(row: dict[str, Any], field: str) -> str:
    """What a field holds, shortened for an error."""
    return f"{row[field]!r}"[:60] if field in row else "missing"
