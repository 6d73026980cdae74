"""The journal read from outside, without the one writer: what it holds of each model, its lines, and what to remove.

Opens a connection of its own for each question, so a run may go on beside it.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import journal_fault, refuse_newer
from secondhalf.models.journal.row_checksums import SELECTED, damaged_error, decoded, is_intact
from secondhalf.store.faults import OWN_STORE, forbidden, is_allowed, is_read_only, place_fault

_SIZE = "LENGTH(CAST(messages AS BLOB)) + LENGTH(CAST(sampling AS BLOB)) + LENGTH(CAST(text AS BLOB)) + 2 * LENGTH(key)"
_LINE = "key, model, messages, sampling, text, finish, prompt_tokens, response_tokens, seconds, created"


@dataclass(frozen=True, slots=True)
class ModelReplies:
    """What the journal holds of one model. Times are seconds since 1970, `size` is bytes of text."""

    model: str
    replies: int
    prompt_tokens: int
    response_tokens: int
    seconds: float
    first: float
    last: float
    size: int


@dataclass(frozen=True, slots=True)
class JournalSelection:
    """Some of the replies: of one model by its whole identity, before a time, with certain finish reasons, or all of that."""

    model: str = ""
    before: float | None = None
    finishes: tuple[str, ...] = ()

    def where(self) -> tuple[str, list[Any]]:
        """The SQL condition and its values."""
        parts, values = ["1"], []  # type: tuple[list[str], list[Any]]
        if self.model:
            parts.append("model = ?")
            values.append(self.model)
        if self.before is not None:
            parts.append("created < ?")
            values.append(self.before)
        if self.finishes:
            parts.append(f"finish IN ({','.join('?' * len(self.finishes))})")
            values += self.finishes
        return " AND ".join(parts), values


class JournalView:
    """The journal at a path. Raises UserError when there is none, or when it cannot be read."""

    def __init__(self, path: Path) -> None:
        try:
            exists = path.is_file()
        except OSError as error:
            raise place_fault(path, error, OWN_STORE) from error
        if not exists:
            raise UserError(f"There is no journal at {path}: nothing was asked yet, or --store is another folder.")
        self.path = path

    @property
    def bytes(self) -> int:
        """The journal's files on disk."""
        return sum(file.stat().st_size for file in self.path.parent.glob(self.path.name + "*"))

    def models(self, selection: JournalSelection | None = None) -> list[ModelReplies]:
        """What it holds, model by model, the largest first. Raises UserError when a reply is damaged."""
        self._check()
        where, values = (selection or JournalSelection()).where()
        query = (
            "SELECT model, COUNT(*), SUM(prompt_tokens), SUM(response_tokens), SUM(seconds), MIN(created), "
            f"MAX(created), SUM({_SIZE}) FROM replies WHERE {where} GROUP BY model ORDER BY 2 DESC, 1"
        )
        return [ModelReplies(*row) for row in self._rows(query, values)]

    def finishes(self) -> list[str]:
        """The finish reasons that it holds, each once."""
        return [word for (word,) in self._rows("SELECT DISTINCT finish FROM replies ORDER BY finish", [])]

    def lines(self, selection: JournalSelection | None = None, limit: int = -1) -> Iterator[dict[str, Any]]:
        """The replies as plain dictionaries, in no particular order; `messages` and `sampling` decoded.

        Raises UserError, before the first, when a reply is damaged.
        """
        self._check()
        where, values = (selection or JournalSelection()).where()
        names = _LINE.split(", ")
        for row in self._rows(f"SELECT {_LINE} FROM replies WHERE {where} LIMIT ?", [*values, limit]):
            line = dict(zip(names, row, strict=True))
            yield line | {"messages": json.loads(line["messages"]), "sampling": json.loads(line["sampling"])}

    def prune(self, selection: JournalSelection) -> int:
        """Removes the selected replies for good and gives their space back; returns how many they were."""
        where, values = selection.where()
        try:
            with closing(sqlite3.connect(self.path, timeout=60, isolation_level=None)) as db:
                removed = db.execute(f"DELETE FROM replies WHERE {where}", values).rowcount
                db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                db.execute("VACUUM")
        except sqlite3.DatabaseError as error:
            raise journal_fault(self.path, error) from error
        return removed

    def damaged(self) -> list[str]:
        """The keys of replies that are not as they were written. Raises UserError where SQLite itself finds fault, and for a
        journal of a later version."""
        refuse_newer(self.path, next(number for (number,) in self._rows("PRAGMA user_version", [])))
        faults = [row[0] for row in self._rows("PRAGMA integrity_check(1)", [])]
        if faults != ["ok"]:
            raise journal_fault(self.path, damaged_error(Exception(str(faults[0]).splitlines()[-1])))
        if "checksum" not in [row[1] for row in self._rows("PRAGMA table_info(replies)", [])]:
            return []  # of before there were checksums
        rows = self._rows(f"SELECT {SELECTED}, checksum FROM replies", [])
        return [str(row[0]) for *row, checksum in rows if not is_intact(row, checksum)]

    def _check(self) -> None:
        if keys := self.damaged():
            quoted, more = ", ".join(f"'{key}'" for key in keys[:3]), ", and the others" if keys[3:] else ""
            raise UserError(
                f"The journal {self.path} holds damaged replies ({len(keys)}): remove them, and they are asked again where they "
                f'are needed: sqlite3 {self.path} "DELETE FROM replies WHERE key IN ({quoted})"{more}.'
            )

    def _rows(self, query: str, values: list[Any]) -> Iterator[tuple[Any, ...]]:
        if not is_allowed(self.path, os.R_OK):
            raise forbidden(self.path, OWN_STORE, "read")
        # SQLite makes files beside a journal, also to read it. On a read-only file system it cannot, and nobody writes: where
        # no write is pending, the file alone is the journal.
        pending = self.path.with_name(self.path.name + "-wal")
        alone = is_read_only(self.path.parent) and not (pending.exists() and pending.stat().st_size)
        try:
            uri = f"file:{quote(str(self.path.resolve()))}?{'immutable=1' if alone else 'mode=ro'}"
            with closing(sqlite3.connect(uri, timeout=60, uri=True)) as db:
                db.text_factory = decoded
                yield from db.execute(query, values)
        except sqlite3.DatabaseError as error:
            raise journal_fault(self.path, error) from error
        except UnicodeDecodeError as error:  # words of SQLite's that quote a damaged schema
            raise journal_fault(self.path, damaged_error(error)) from error
