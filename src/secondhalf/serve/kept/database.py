"""What an endpoint keeps, in runs/NAME/serve/serve.sqlite (0600): requests that were flagged, or all of them, and keys.

    answers   one row a request that is kept: `request` (its id; of a request with several prompts, the id with -2, -3 and
              so on for those after the first), `time` (UTC, ISO 8601), `key` (the name of the client's key,
              "" without one), `arm`, `kind` (chat, completion), `question` (JSON: a chat's texts of user and model in turn, or
              the one plain text; as the model read it), `answer` (as the model wrote it), `sent` (what the client got),
              `finish` (as the client got it), `prompt_tokens`, `answer_tokens`
    flags     the queue for review, append-only, in the order of `number`: `request`, `time`, `side` (input, output),
              `check_name`, `action` (flag, mask, block), `score`, `reason`, `start`, `end` (characters; -1: all of the text)
    keys      `name`, `hash` (SHA-256 of a key that chance made, which needs no slow hash), `requests_per_minute` and
              `tokens_per_minute` (0: no limit), `made`, `revoked` ("" while it counts)

A row of `flags` has its row in `answers`. Rows are removed by age and by `--forget` alone.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import make_database
from secondhalf.serve.checks.outcome import CheckOutcome

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    request TEXT PRIMARY KEY, time TEXT NOT NULL, key TEXT NOT NULL, arm TEXT NOT NULL, kind TEXT NOT NULL,
    question TEXT NOT NULL, answer TEXT NOT NULL, sent TEXT NOT NULL, finish TEXT NOT NULL, prompt_tokens INTEGER NOT NULL,
    answer_tokens INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS answers_by_key ON answers (key);
CREATE INDEX IF NOT EXISTS answers_by_time ON answers (time);
CREATE TABLE IF NOT EXISTS flags (
    number INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL, time TEXT NOT NULL, side TEXT NOT NULL,
    check_name TEXT NOT NULL, action TEXT NOT NULL, score REAL NOT NULL, reason TEXT NOT NULL, start INTEGER NOT NULL,
    end INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS flags_by_request ON flags (request);
CREATE TABLE IF NOT EXISTS keys (
    name TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, requests_per_minute INTEGER NOT NULL, tokens_per_minute INTEGER NOT NULL,
    made TEXT NOT NULL, revoked TEXT NOT NULL DEFAULT '');
"""
_WAIT = 2.0  # seconds for another process that writes
_MANY = 500  # requests in one statement


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A row of `answers` with its rows of `flags`."""

    request: str
    time: str
    key: str
    arm: str
    turns: tuple[str, ...]
    chat: bool
    answer: str
    sent: str
    finish: str
    prompt_tokens: int
    answer_tokens: int
    outcomes: tuple[tuple[str, CheckOutcome], ...]
    """What did not pass, each with its side."""


class ServeDatabase:
    """One file. Used from several threads. Who reads never waits for who writes, here or in another process."""

    def __init__(self, path: Path) -> None:
        """Raises UserError for a file that cannot be used."""
        self.path, self._lock, self._reading = path, threading.Lock(), threading.Lock()
        self._bytes_left = False  # of what was removed, in the log beside the file
        make_database(path)
        try:
            self._db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA secure_delete=ON")  # what is forgotten leaves no bytes behind
            self._db.executescript(_TABLES)
            self._reader = sqlite3.connect(path, timeout=0.1, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as error:
            raise UserError(f"{path} cannot be used ({error}): check the disk, or move the file away.") from error

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows of a query. Raises sqlite3.Error."""
        with self._reading:
            return self._reader.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """What is written within it counts as a whole. Raises sqlite3.Error."""
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def keep(self, kept: KeptRequest) -> None:
        """One request with what was found. Raises sqlite3.Error where it cannot be written."""
        question = json.dumps(kept.turns, ensure_ascii=False)
        kind = "chat" if kept.chat else "completion"
        texts = (_text(question), _text(kept.answer), _text(kept.sent))
        row = (
            kept.request,
            kept.time,
            kept.key,
            kept.arm,
            kind,
            *texts,
            kept.finish,
            kept.prompt_tokens,
            kept.answer_tokens,
        )
        flags = [
            (kept.request, kept.time, side, o.verdict.check, o.action, o.verdict.score, _text(o.verdict.reason),
             o.verdict.start, o.verdict.end)
            for side, o in kept.outcomes
        ]  # fmt: skip
        with self.transaction() as db:
            db.execute(f"INSERT INTO answers VALUES ({','.join('?' * len(row))})", row)
            db.executemany(
                "INSERT INTO flags (request, time, side, check_name, action, score, reason, start, end) "
                f"VALUES ({','.join('?' * 9)})",
                flags,
            )

    def forget(self, key_or_request: str) -> int:
        """Removes what is kept of a key's name or of one request, with its further prompts; returns how many they were.

        Raises UserError where the rows are gone but a reader of the file keeps their bytes in the log beside it.
        """
        # Not GLOB or LIKE of what was given: `req` and `*` would be the beginning of every request.
        number = "substr(request, length(?1) + 2)"
        further = f"substr(request, 1, length(?1) + 1) = ?1 || '-' AND {number} GLOB '[1-9]*' AND {number} NOT GLOB '*[^0-9]*'"
        one_of = f"request = ?1 OR ({further} AND length({number}) < 4) OR (key = ?1 AND key != '')"
        count = self._remove(one_of, key_or_request)
        if not self._empty_log():
            raise UserError(
                f"{key_or_request[:80]}: {count} requests are removed, but another program reads {self.path}, and until it is "
                "done their bytes stay in the file beside it (-wal): run the same again then."
            )
        return count

    def remove_older(self, days: int) -> int:
        """Removes what was kept longer ago than so many days; returns how many requests that were."""
        count = self._remove("time < ?1", (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds"))
        if count or self._bytes_left:
            self._bytes_left = not self._empty_log()  # else the next time
        return count

    def _remove(self, condition: str, value: str) -> int:
        with self.transaction() as db:
            requests = [row[0] for row in db.execute(f"SELECT request FROM answers WHERE {condition}", [value])]
            for start in range(0, len(requests), _MANY):
                batch = requests[start : start + _MANY]
                for table in ("flags", "answers"):
                    db.execute(f"DELETE FROM {table} WHERE request IN ({','.join('?' * len(batch))})", batch)
        return len(requests)

    def _empty_log(self) -> bool:
        """Whether the write-ahead log, which holds rows as they were written, could be emptied: not while it is read."""
        with self._lock:
            [(busy, *_)] = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return not busy

    def close(self) -> None:
        """Closes the file."""
        with self._lock, self._reading:
            self._reader.close()
            self._db.close()


def utc_now() -> str:
    """The time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _text(text: str) -> str:
    """A text that SQLite takes: half characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
