"""A checksum for each reply in the journal: SQLite notices a damaged page only where its own structure breaks."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from secondhalf.models.request import Reply, Request
from secondhalf.store.checksums import checksum

COLUMNS = (
    "key", "model", "messages", "sampling", "text", "finish", "prompt_tokens", "response_tokens", "seconds", "created",
    "answered_by", "first_tokens", "estimated",
)  # fmt: skip
_REAL = {COLUMNS.index("seconds"), COLUMNS.index("created")}
SELECTED = ", ".join(COLUMNS)


def row_of(model: str, request: Request, reply: Reply, now: float) -> tuple[Any, ...]:
    """The `COLUMNS` of a reply that came just now (seconds since 1970)."""
    return (
        request.key(model), model, json.dumps(request.messages, ensure_ascii=False), request.sampling.model_dump_json(),
        reply.text, reply.finish, reply.prompt_tokens, reply.response_tokens, reply.seconds, now, reply.model,
        reply.first_tokens, int(reply.estimated),
    )  # fmt: skip


def reply_of(row: Sequence[Any]) -> Reply:
    """The reply in a row of `COLUMNS`."""
    _, _, _, _, text, finish, prompt, response, seconds, _, answered_by, first, estimated = row
    return Reply(text, finish, prompt, response, seconds, answered_by, first, bool(estimated))


def row_checksum(row: Sequence[object]) -> str:
    """The checksum of a row's `COLUMNS`, in that order."""
    # SQLite gives back a float where an integer was put into a column of floats.
    values = [float(v) if index in _REAL and isinstance(v, int) else v for index, v in enumerate(row)]
    return checksum(repr(values).encode("utf-8", "backslashreplace"))


def decoded(text: bytes) -> str:
    """Text of a row, damaged text too: sqlite3 would give up at the first, and the other rows be out of reach."""
    return text.decode("utf-8", "replace")


def is_intact(row: Sequence[object], stored: object) -> bool:
    """Whether a row is what was written."""
    return stored == row_checksum(row)


def add_checksums(db: sqlite3.Connection) -> None:
    """Gives those replies a checksum that have none, when a journal of before is opened; within the caller's transaction.

    Afterwards none is without: a reply that seems to be was cut short.
    """
    db.create_function("row_checksum", len(COLUMNS), lambda *row: row_checksum(row), deterministic=True)
    db.execute(f"UPDATE replies SET checksum = row_checksum({SELECTED}) WHERE checksum = ''")


def damaged_error(error: Exception) -> sqlite3.DatabaseError:
    """An error as SQLite has it for a damaged file; its words may quote what is no text."""
    fault = sqlite3.DatabaseError(str(error).encode("utf-8", "replace").decode())
    fault.sqlite_errorname = "SQLITE_CORRUPT"
    return fault


def set_aside(db: sqlite3.Connection, rows: Sequence[Sequence[object]]) -> None:
    """Moves replies into the table `damaged`, so that they are asked again; within the caller's transaction."""
    db.execute("CREATE TABLE IF NOT EXISTS damaged (key TEXT NOT NULL, row TEXT NOT NULL)")
    for row in rows:
        db.execute("INSERT INTO damaged VALUES (?, ?)", [row[0], json.dumps(row, ensure_ascii=False, default=repr)])
        db.execute("DELETE FROM replies WHERE key = ?", [row[0]])
