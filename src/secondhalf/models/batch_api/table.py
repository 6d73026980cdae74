"""What was submitted to batch APIs: a small table beside the journal, so that nothing is submitted twice.

A batch is written down as `prepared` before the server hears of it and as `sent` with its id after. One that is found
`prepared` under the lock belongs to a process that died: the server is asked whether it has it.
"""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import make_database
from secondhalf.store.lock import locked

_TABLES = (
    "CREATE TABLE IF NOT EXISTS batches (token TEXT PRIMARY KEY, server TEXT NOT NULL, batch TEXT NOT NULL, "
    "state TEXT NOT NULL, created REAL NOT NULL)",
    # open: waited for. answered: in the journal. refused: for good, with words. missing: may be submitted again.
    "CREATE TABLE IF NOT EXISTS lines (token TEXT NOT NULL, key TEXT NOT NULL, state TEXT NOT NULL, words TEXT NOT NULL, "
    "PRIMARY KEY (key, token)) WITHOUT ROWID",
)
_MANY = 500


class BatchTable:
    """The batches of one store at one server."""

    def __init__(self, path: Path, server: str) -> None:
        self._path, self._server = path, server
        make_database(path)
        self._db = sqlite3.connect(path, timeout=60, isolation_level=None)
        try:
            for table in _TABLES:
                self._run(table)
        except UserError:
            self._db.close()
            raise

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Only one process submits at a time; the others wait."""
        with locked(self._path.with_suffix(".lock"), "", wait=True):
            yield

    def prepared(self) -> list[str]:
        """Tokens of batches that a process was about to send when it died. Ask under the lock."""
        query = "SELECT token FROM batches WHERE state = 'prepared' AND server = ?"
        return [token for (token,) in self._run(query, [self._server])]

    def prepare(self, token: str, keys: Sequence[str]) -> None:
        """Writes down a batch that will be sent."""
        with self._transaction():
            values = (token, self._server, "", "prepared", time.time())
            self._run("INSERT INTO batches VALUES (?, ?, ?, ?, ?)", values)
            self._db.executemany("INSERT INTO lines VALUES (?, ?, 'open', '')", [(token, key) for key in keys])

    def sent(self, token: str, batch: str) -> None:
        """The server has it."""
        self._run("UPDATE batches SET state = 'sent', batch = ? WHERE token = ?", [batch, token])

    def forget(self, token: str) -> None:
        """The server never had it."""
        with self._transaction():
            self._run("DELETE FROM lines WHERE token = ?", [token])
            self._run("DELETE FROM batches WHERE token = ?", [token])

    def open(self, keys: Sequence[str]) -> dict[str, str]:
        """The token of the batch that each of these keys is waited for in, for those that are."""
        query = "SELECT key, token FROM lines JOIN batches USING (token) WHERE lines.state = 'open' AND server = ? AND key IN "
        return {key: token for part in _parts(keys) for key, token in self._select(query, [self._server], part)}

    def refused(self, keys: Sequence[str]) -> dict[str, str]:
        """The server's words for those of these keys that were refused for good."""
        query = "SELECT key, words FROM lines JOIN batches USING (token) WHERE lines.state = 'refused' AND server = ? AND key IN "
        return {key: reason for part in _parts(keys) for key, reason in self._select(query, [self._server], part)}

    def refuse(self, key: str, reason: str) -> None:
        """A key's last line is refused for good, with the words said."""
        last = "SELECT token FROM lines JOIN batches USING (token) WHERE key = ? AND server = ? ORDER BY created DESC LIMIT 1"
        for (token,) in self._run(last, [key, self._server]).fetchall():
            self.settle(token, "refused", [(key, reason)])

    def batch(self, token: str) -> str:
        """The server's id of a batch."""
        return str(self._run("SELECT batch FROM batches WHERE token = ?", [token]).fetchone()[0])

    def keys(self, token: str) -> set[str]:
        """All that was sent in a batch, whatever became of it."""
        return {key for (key,) in self._run("SELECT key FROM lines WHERE token = ?", [token])}

    def age(self, token: str) -> float:
        """Seconds since a batch was prepared."""
        (created,) = self._run("SELECT created FROM batches WHERE token = ?", [token]).fetchone()
        return time.time() - float(created)

    def settle(self, token: str, state: str, lines: Sequence[tuple[str, str]]) -> None:
        """What became of some keys of a batch, each with the words said."""
        with self._transaction():
            self._db.executemany(
                "UPDATE lines SET state = ?, words = ? WHERE token = ? AND key = ?",
                [(state, reason, token, key) for key, reason in lines],
            )

    def close(self) -> None:
        self._db.close()

    def _select(self, query: str, values: list[str], keys: Sequence[str]) -> Iterator[tuple[str, ...]]:
        return self._run(f"{query}({','.join('?' * len(keys))})", [*values, *keys])

    def _run(self, query: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        try:
            return self._db.execute(query, values)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:  # a damaged file, or another program's
            raise UserError(
                f"{self._path}, which says what was sent to batch APIs, cannot be used ({error}): put a copy of it back; where "
                "there is none, cancel what is open at the server before you move it away, or it is paid for twice."
            ) from error

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.OperationalError):
                busy = "locked" in str(error)
                mend = "end the program that holds it" if busy else "free disk space"
                raise UserError(
                    f"{self._path} cannot be written ({error}): {mend} and start again; nothing is lost."
                ) from error
            raise


def _parts(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _MANY):
        yield keys[start : start + _MANY]
