"""Rows that hold a whole pair, as `secondhalf data --as parquet` writes them: what was held out and what ended stays so."""

from collections.abc import Mapping
from dataclasses import fields
from typing import NamedTuple

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.corpus.readers.fields import kind_of
from secondhalf.corpus.readers.items import EXCERPT, Refused, printable
from secondhalf.rows import Pair

COLUMNS = tuple(field.name for field in fields(Pair))
_MARKS = ("document", "prompt", "response")
"""Columns that no other shape has together."""


class LocatedPair(NamedTuple):
    """A pair, and the file and row that it is from."""

    location: str
    pair: Pair


def holds_pair(row: object, settings: InstructionSettings) -> bool:
    """Whether a row is to be read as a whole pair."""
    if settings.shape == "pairs":
        return isinstance(row, dict)
    return settings.shape == "auto" and isinstance(row, dict) and all(row.get(name) is not None for name in _MARKS)


def read_pair(row: Mapping[str, object], location: str) -> LocatedPair | Refused:
    """The pair of a row, or what is wrong with which column; `location` as of a conversation."""
    values: dict[str, str | int] = {}
    for field in fields(Pair):
        value = row.get(field.name)
        if value is None and field.name not in {"id", *_MARKS}:
            value = {"language": "und", "finish": "stop"}.get(field.name, 0 if field.type is int else "")
        if problem := _problem(field.name, field.type, value):
            return Refused(location, problem, printable(str(row)[:EXCERPT]))
        assert isinstance(value, str | int)
        values[field.name] = value
    return LocatedPair(location, Pair(**values))  # type: ignore[arg-type]


def _problem(name: str, kind: object, value: object) -> str:
    if kind is int:
        fits = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63
        return "" if fits else f"a column that is no count: {name!r} is {kind_of(value)}"
    if not isinstance(value, str):
        return f"a column that is no text: {name!r} is {kind_of(value)}"
    try:
        value.encode()
    except UnicodeEncodeError:
        return f"lone surrogate: in {name!r}"
    if "\0" in value:
        return f"nul character: in {name!r}"
    if name in {"id", "document", "response"} and not value.strip():
        return f"an empty column: {name!r}"
    return ""
