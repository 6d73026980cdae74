"""The records that flow through the stages, and their Arrow schemas.

Rows are joined by id, never by position. Tables are ordered by id and hold no times, so equal work gives equal bytes.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from typing import TypeVar

import pyarrow as pa

from secondhalf.errors import UserError


def digest(*parts: str, size: int = 32) -> str:
    """`size` hex digits of the SHA-256 of the parts. Each part is length-prefixed, so no two lists collide."""
    sha = hashlib.sha256()
    for part in parts:
        sha.update(_length_prefixed(part))
    return sha.hexdigest()[:size]


def digester(*first: str, size: int = 32) -> Callable[[str], str]:
    """`digest(*first, part)` for many parts, in half the time: what they have in common is hashed once."""
    common = hashlib.sha256(b"".join(map(_length_prefixed, first)))

    def with_last(part: str) -> str:
        sha = common.copy()
        sha.update(_length_prefixed(part))
        return sha.hexdigest()[:size]

    return with_last


def _length_prefixed(part: str) -> bytes:
    data = part.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(8, "big") + data


@dataclass(frozen=True, slots=True)
class Document:
    """A text as read. `id` is the hash of the text as read; cleaning keeps it."""

    id: str
    text: str
    source: str
    url: str = ""
    licence: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A pseudo-instruction and its response. prompt + original is the document's text, exactly (paper, section 3).

    `id` is the document's id, a dash and the hash of the split: it sorts as the documents do.
    `finish` is the teacher's raw finish reason; tokens are counted by the teacher's tokenizer (0: unknown).
    """

    id: str
    document: str
    rule: str
    language: str
    prompt: str
    original: str
    response: str = ""
    teacher: str = ""
    finish: str = ""
    prompt_tokens: int = 0
    response_tokens: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check on one row. `start` and `end` are character offsets of the span meant (-1: the whole row)."""

    id: str
    check: str
    passed: bool
    score: float
    reason: str = ""
    start: int = -1
    end: int = -1


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's answer to one evaluation prompt: its raw finish reason, and its length in the model's tokens."""

    id: str
    text: str
    finish: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Score:
    """One figure of one prompt: the unit that every interval resamples."""

    id: str
    figure: str
    value: float


Row = TypeVar("Row", Document, Pair, Verdict, Answer, Score)

_ARROW = {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}


def schema(kind: type[Row]) -> pa.Schema:
    """The Arrow schema of a record type; every column is non-null."""
    return pa.schema([pa.field(f.name, _ARROW[f.type], nullable=False) for f in fields(kind)])  # type: ignore[index]


def to_table(kind: type[Row], rows: Iterable[Row]) -> pa.Table:
    """Rows as an Arrow table of `schema(kind)`, in the order given."""
    names = [f.name for f in fields(kind)]
    records = list(rows)
    columns = {name: [getattr(record, name) for record in records] for name in names}
    return pa.table(columns, schema=schema(kind))


def from_table(kind: type[Row], table: pa.Table) -> list[Row]:
    """The rows of a table, in its order; columns the record does not have are left out. Raises UserError where one is missing."""
    if missing := [f.name for f in fields(kind) if f.name not in table.column_names]:
        has = ", ".join(table.column_names) or "none"
        raise UserError(f"A table of {kind.__name__} rows needs the column {missing[0]}; this one has {has}.")
    columns = [table.column(f.name).to_pylist() for f in fields(kind)]
    return [kind(*values) for values in zip(*columns, strict=True)]


FIRST_HALF = "first_half"
"""A column beside those of Pair, where an arm has put another prompt before the response: the document's own."""


def documents_of(pairs: pa.Table) -> list[str]:
    """The text of each pair's document, row for row, whatever prompt an arm has put before the response."""
    first = pairs.column(FIRST_HALF if FIRST_HALF in pairs.column_names else "prompt")
    return [half + rest for half, rest in zip(first.to_pylist(), pairs.column("original").to_pylist(), strict=True)]


def to_dict(row: Row) -> dict[str, object]:
    """A record as a plain dictionary, for JSON."""
    return asdict(row)


def with_reasons(table: pa.Table, verdicts: list[Verdict]) -> pa.Table:
    """A rejects table: the refused rows with two more columns, the check that refused each and why. `verdicts` is row for row."""
    columns = {"check": [verdict.check for verdict in verdicts], "reason": [verdict.reason for verdict in verdicts]}
    for name, values in columns.items():
        table = table.append_column(pa.field(name, pa.string(), nullable=False), pa.array(values, pa.string()))
    return table


def partition_by_verdicts(
    kind: type[Row], rows: list[Row], verdicts: list[list[Verdict]]
) -> tuple[pa.Table, pa.Table, pa.Table]:
    """What a batch function returns: rows that passed every verdict, rejects by their first failed one, all verdicts.

    `verdicts` is row for row. in = out + rejected, and each table is in the order of `rows`.
    """
    failed = [next((verdict for verdict in of_row if not verdict.passed), None) for of_row in verdicts]
    kept = to_table(kind, [row for row, verdict in zip(rows, failed, strict=True) if verdict is None])
    refused = to_table(kind, [row for row, verdict in zip(rows, failed, strict=True) if verdict is not None])
    all_verdicts = to_table(Verdict, [verdict for of_row in verdicts for verdict in of_row])
    return kept, with_reasons(refused, [verdict for verdict in failed if verdict is not None]), all_verdicts
