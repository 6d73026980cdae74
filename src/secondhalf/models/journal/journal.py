"""Every model reply that was ever paid for, under the hash of what determines it.

SQLite with a write-ahead log on a local disk. One thread writes, several replies to a transaction, and a reply counts
only after its transaction is on the disk (synchronous=FULL). Holds no keys and no addresses of servers.
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from threading import RLock
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.finish import finish_kind
from secondhalf.models.journal import claims, former_keys, row_checksums
from secondhalf.models.journal.faults import JOURNAL_VERSION, journal_fault, make_database, refuse_newer
from secondhalf.models.journal.moved import identity, moved_fault
from secondhalf.models.request import Reply, Request

_LOG = logging.getLogger(__name__)
_ADDED = {
    "answered_by": "TEXT NOT NULL DEFAULT ''",
    "first_tokens": "TEXT NOT NULL DEFAULT ''",
    "estimated": "INTEGER NOT NULL DEFAULT 0",
    "checksum": "TEXT NOT NULL DEFAULT ''",
}
_TABLE = """CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, messages TEXT NOT NULL, sampling TEXT NOT NULL, text TEXT NOT NULL,
    finish TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, response_tokens INTEGER NOT NULL, seconds REAL NOT NULL,
    created REAL NOT NULL, answered_by TEXT NOT NULL DEFAULT '', first_tokens TEXT NOT NULL DEFAULT '',
    estimated INTEGER NOT NULL DEFAULT 0, checksum TEXT NOT NULL DEFAULT '')"""
_MANY = 500  # keys in one look-up, below SQLite's limit on variables
_FULL = {"SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE"}


class Journal:
    """The replies of one store. Several processes and threads may read and write it; each write waits for its turn."""

    patience = 300.0
    """Seconds to wait for space on a full disk before giving up."""

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        self.path, self._lock = path, RLock()
        make_database(path)
        try:
            self._db = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
        except sqlite3.DatabaseError as error:
            raise journal_fault(path, error) from error
        try:
            self._to_wal()
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute("PRAGMA fullfsync=1")  # on macOS; nothing elsewhere
            self._db.text_factory = row_checksums.decoded
            self._migrate()
            self._file = identity(path)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            self._db.close()
            fault = error if isinstance(error, sqlite3.DatabaseError) else row_checksums.damaged_error(error)
            raise journal_fault(path, fault) from error
        except UserError:
            self._db.close()
            raise

    def find(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The stored replies among `keys`. One that a failure cut off is none: earlier releases stored those too.

        One that is damaged is set aside: it is as if it had never come.
        """
        stored, damaged = {}, []
        for start in range(0, len(keys), _MANY):
            batch = keys[start : start + _MANY]
            query = (
                f"SELECT {row_checksums.SELECTED}, checksum FROM replies WHERE key IN ({','.join('?' * len(batch))})"
            )
            for *row, checksum in self.read(query, batch):
                if not row_checksums.is_intact(row, checksum):
                    damaged.append(row)
                elif finish_kind((reply := row_checksums.reply_of(row)).finish) != "failed":
                    stored[row[0]] = reply
        if damaged:
            reason = "replies of the journal are damaged: they are asked again, and kept in its table `damaged`"
            _LOG.warning("%s: %d %s.", self.path, len(damaged), reason)
            self.write(lambda db: row_checksums.set_aside(db, damaged))
        return stored

    def store(self, model: str, replies: Iterable[tuple[Request, Reply]]) -> None:
        """Writes the replies in one transaction; those already there stay as they are, but for failed ones. Their claims end."""
        now = time.time()
        rows = [row_checksums.row_of(model, request, reply, now) for request, reply in replies]
        checked = [(*row, row_checksums.row_checksum(row)) for row in rows]

        def insert(db: sqlite3.Connection) -> None:
            keys = [row[0] for row in rows]
            for start in range(0, len(keys), _MANY):
                batch = keys[start : start + _MANY]
                query = f"SELECT key, finish FROM replies WHERE key IN ({','.join('?' * len(batch))})"
                failed = [[key] for key, finish in db.execute(query, batch) if finish_kind(finish) == "failed"]
                db.executemany("DELETE FROM replies WHERE key = ?", failed)
            insert = f"INSERT OR IGNORE INTO replies ({row_checksums.SELECTED}, checksum) VALUES ({','.join('?' * 14)})"
            db.executemany(insert, checked)
            db.executemany("DELETE FROM claims WHERE key = ?", [row[:1] for row in rows])

        self.write(insert)

    def claims(self) -> claims.Claims:
        """The claims of one asking, all given back at its end."""
        return claims.Claims(self)

    def write(self, action: Callable[[sqlite3.Connection], object]) -> None:
        """Runs an action in one transaction. On a full disk it says so, and goes on when there is space.

        Raises UserError when there is none for `patience` seconds, or the file is damaged.
        """
        since: float | None = None
        while True:
            try:
                with self._lock, self._db:
                    self._db.execute("BEGIN IMMEDIATE")
                    action(self._db)
                # Looked at afterwards: what was to be stored is paid for, and is saved with the rest.
                if identity(self.path) != self._file:
                    raise moved_fault(self.path, self._db)
                return
            except sqlite3.DatabaseError as error:
                if error.sqlite_errorname not in _FULL:
                    raise journal_fault(self.path, error) from error
                if since is None:
                    since = time.monotonic()
                    _LOG.warning("The disk of %s is full: free space, and this goes on; nothing is lost.", self.path)
                if time.monotonic() - since >= self.patience:
                    raise UserError(
                        f"The journal {self.path} cannot be written, the disk is full: free space and start again; "
                        "what was stored is kept."
                    ) from error
            time.sleep(min(1.0, self.patience))

    def read(self, query: str, values: Sequence[str]) -> list[Any]:
        """The rows of a query."""
        try:
            with self._lock:
                return self._db.execute(query, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise journal_fault(self.path, error) from error

    def __len__(self) -> int:
        return int(self.read("SELECT COUNT(*) FROM replies", ())[0][0])

    def close(self) -> None:
        """Ends the connection; what was written stays."""
        self._db.close()

    def _to_wal(self) -> None:
        # SQLite does not wait for its turn here when two processes open a new journal at once.
        until = time.monotonic() + 60
        while True:
            try:
                self._db.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() > until:
                    raise
            time.sleep(0.01)

    def _migrate(self) -> None:
        version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
        refuse_newer(self.path, version)
        if version == JOURNAL_VERSION:
            return
        with self._db:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute(_TABLE)
            columns = [row[1] for row in self._db.execute("PRAGMA table_info(replies)")]
            for column, kind in _ADDED.items():
                if column not in columns:
                    self._db.execute(f"ALTER TABLE replies ADD COLUMN {column} {kind}")
            self._db.execute(claims.CLAIMS_TABLE)
            former_keys.renew_keys(self._db)
            row_checksums.add_checksums(self._db)
            self._db.execute(f"PRAGMA user_version = {JOURNAL_VERSION}")
