"""What an endpoint keeps, in runs/NAME/serve/serve.sqlite (0600): requests that were flagged, or all of them, and keys.

    answers   one row a request that is kept: `request` (its id), `time` (UTC, ISO 8601), `key` (the name of the client's key,
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
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import make_database
from secondhalf.serve.checks.outcome import CheckOutcome
from secondhalf.serve.engines.generation import GenerationRequest

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
_WAIT = 10.0  # seconds for another process that writes
_MANY = 500  # requests in one statement


class ServeDatabase:
    """One file. Used from several threads, one at a time."""

    def __init__(self, path: Path) -> None:
        """Raises UserError for a file that cannot be used."""
        self.path, self._lock = path, threading.Lock()
        make_database(path)
        try:
            self._db = sqlite3.connect(path, timeout=_WAIT, isolation_level=None, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA secure_delete=ON")  # what is forgotten leaves no bytes behind
            self._db.executescript(_TABLES)
        except sqlite3.Error as error:
            raise UserError(f"{path} cannot be used ({error}): check the disk, or move the file away.") from error

    def read(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows of a query. Raises sqlite3.Error."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

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

    def keep(
        self, request: str, key: str, arm: str, asked: GenerationRequest, answer: str, sent: str, finish: str,
        tokens: tuple[int, int], outcomes: Iterable[tuple[str, CheckOutcome]],
    ) -> None:  # fmt: skip
        """One request with what was found, each with its side. Raises sqlite3.Error where it cannot be written."""
        time, question = now(), json.dumps(asked.turns, ensure_ascii=False)
        kind = "chat" if asked.chat else "completion"
        row = (request, time, key, arm, kind, _text(question), _text(answer), _text(sent), finish, *tokens)
        found = [
            (request, time, side, o.verdict.check, o.action, o.verdict.score, o.verdict.reason, o.verdict.start, o.verdict.end)
            for side, o in outcomes
        ]  # fmt: skip
        with self.transaction() as db:
            db.execute(f"INSERT INTO answers VALUES ({','.join('?' * 11)})", row)
            db.executemany(
                "INSERT INTO flags (request, time, side, check_name, action, score, reason, start, end) "
                f"VALUES ({','.join('?' * 9)})",
                found,
            )

    def forget(self, key_or_request: str) -> int:
        """Removes what is kept of a key's name or of one request; returns how many requests that were."""
        return self._remove("request = ?1 OR (key = ?1 AND key != '')", key_or_request)

    def remove_older(self, days: int) -> int:
        """Removes what was kept longer ago than so many days; returns how many requests that were."""
        return self._remove("time < ?1", (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds"))

    def _remove(self, condition: str, value: str) -> int:
        with self.transaction() as db:
            requests = [row[0] for row in db.execute(f"SELECT request FROM answers WHERE {condition}", [value])]
            for start in range(0, len(requests), _MANY):
                batch = requests[start : start + _MANY]
                for table in ("flags", "answers"):
                    db.execute(f"DELETE FROM {table} WHERE request IN ({','.join('?' * len(batch))})", batch)
        if requests:
            with self._lock:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return len(requests)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._db.close()


def now() -> str:
    """The time in UTC, ISO 8601 to the second."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _text(text: str) -> str:
    """A text that SQLite takes: half characters become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
