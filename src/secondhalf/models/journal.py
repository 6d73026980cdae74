"""Every model reply that was ever paid for, under the hash of what determines it.

SQLite with a write-ahead log on a local disk. One thread writes, several replies to a transaction, and a reply counts
only after its transaction is through. Holds no keys and no addresses of servers.
"""

import json
import sqlite3
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.request import Reply, Request

_TABLE = """CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, messages TEXT NOT NULL, sampling TEXT NOT NULL, text TEXT NOT NULL,
    finish TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, response_tokens INTEGER NOT NULL, seconds REAL NOT NULL,
    created REAL NOT NULL) WITHOUT ROWID"""
_MANY = 500  # keys in one look-up, below SQLite's limit on variables


class Journal:
    """The replies of one store. Several processes may read and write it; each write waits up to a minute for its turn."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(_TABLE)
        except sqlite3.DatabaseError as error:
            raise UserError(
                f"The journal {path} cannot be read ({error}): move it away, or free disk space."
            ) from error

    def find(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The stored replies among `keys`."""
        found = {}
        for start in range(0, len(keys), _MANY):
            some = keys[start : start + _MANY]
            marks = ",".join("?" * len(some))
            query = (
                f"SELECT key, text, finish, prompt_tokens, response_tokens, seconds FROM replies WHERE key IN ({marks})"
            )
            for key, *reply in self._db.execute(query, some):
                found[key] = Reply(*reply)
        return found

    def store(self, model: str, replies: Iterable[tuple[Request, Reply]]) -> None:
        """Writes the replies in one transaction; those already there stay as they are."""
        now = time.time()
        rows = [
            (
                request.key(model), model, json.dumps(request.messages, ensure_ascii=False),
                request.sampling.model_dump_json(), reply.text, reply.finish, reply.prompt_tokens,
                reply.response_tokens, reply.seconds, now,
            )
            for request, reply in replies
        ]  # fmt: skip
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany(f"INSERT OR IGNORE INTO replies VALUES ({','.join('?' * 10)})", rows)
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise UserError(
                f"The journal cannot be written ({error}): free disk space and start again; nothing is lost."
            ) from error

    def __len__(self) -> int:
        return int(self._db.execute("SELECT COUNT(*) FROM replies").fetchone()[0])

    def close(self) -> None:
        self._db.close()
