"""JSON lines: from a user's or a benchmark's file, each with its location, read with distrust; and written for any reader.

A location is FILE, line N (of a JSON list: FILE, entry N), as errors print it.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError

MOST_BYTES = 500_000_000
_DEEPEST = 50

LocatedRow = tuple[str, dict[str, Any]]
"""A location and the object that stands there."""


def line(value: object) -> str:
    """One line of JSON, without its end.

    Unicode's other line ends stand escaped: Python's `splitlines`, and clients that read event streams with it, would cut there.
    """
    return re.sub("[\x85\u2028\u2029]", lambda end: json.dumps(end[0])[1:-1], json.dumps(value, ensure_ascii=False))


def read(path: Path, field: str) -> list[LocatedRow]:
    """The rows of a file, blank lines skipped; or the objects of one JSON list.

    Raises UserError naming the recipe's `field` when the file cannot be read or is larger than MOST_BYTES, the line when it is no
    JSON object, and the file when it is not UTF-8 or holds no rows.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        if len(data) > MOST_BYTES:
            raise UserError(
                f"{path} is larger than {MOST_BYTES // 1_000_000} MB: correct {field}, or name a part of the file."
            )
        content = data.decode("utf-8-sig")
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): correct {field}.") from error
    except UnicodeDecodeError as error:
        raise UserError(f"{path} is not UTF-8: save it as UTF-8.") from error
    is_list = content[:1000].lstrip().startswith("[")
    rows = _parse_list(content, path) if is_list else list(parse(StringIO(content, newline="\n"), str(path)))
    if not rows:
        raise UserError(f"{path} holds no rows: write a JSON object a line.")
    return rows


def _parse_list(content: str, path: Path) -> list[LocatedRow]:
    try:
        rows = decode(content)
    except ValueError as error:
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
            row = decode(line)
        except ValueError as error:
            raise UserError(f"{location} is no JSON ({error}): write a JSON object a line.") from error
        if not isinstance(row, dict):
            raise UserError(f"{location} is no JSON object: write one a line.")
        yield location, row


def decode(text: str) -> Any:
    """The value of a JSON text.

    Raises ValueError for what is no JSON, and for what no file of ours needs and what would fail later on: a key that stands
    twice, NaN and numbers that are too large, half a character, deep nesting.
    """
    try:
        value = json.loads(
            text, object_pairs_hook=_unique_keys, parse_constant=_number, parse_float=_number, parse_int=_whole_number
        )
    except RecursionError as error:
        raise ValueError("it is nested too deep") from error
    if text.count("[") + text.count("{") > _DEEPEST:
        _check_depth(value)
    if "\\u" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError as error:
            raise ValueError("it holds half a character, as \\ud800 writes it: take it out") from error
    return value


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise ValueError(f"{twice[:60]} stands twice in one object")
    return mapping


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{text[:40]} is no number")
    return value


def _whole_number(text: str) -> int:
    if len(text) > 20 or not -(2**63) <= int(text) < 2**63:
        raise ValueError(f"{text[:40]} is too large a number")
    return int(text)


def _check_depth(value: Any) -> None:
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise ValueError(f"it is nested more than {_DEEPEST} deep")
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict | list):
                inner += item.values() if isinstance(item, dict) else item
        level = inner


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
        first = ids[id].rpartition(", ")[2]
        raise UserError(f"{location}: the {field} {id} was used in {first}; give every row its own.")
    ids[id] = location


def describe_value(row: dict[str, Any], field: str) -> str:
    """What a field holds, shortened for an error."""
    return f"{row[field]!r}"[:60] if field in row else "not given"
