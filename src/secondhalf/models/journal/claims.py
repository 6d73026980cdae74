"""Who is asking what: so that two processes on one journal never pay for the same reply.

A claim names its owner, and an owner is a file that the owner holds locked. The system frees the lock when the process
ends, however it ends, so a claim of the dead is known at once: no clocks, no heartbeats.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

from secondhalf.store.faults import OWN_STORE, place_fault
from secondhalf.store.files import make_folder, open_file

CLAIMS_TABLE = "CREATE TABLE IF NOT EXISTS claims (key TEXT PRIMARY KEY, owner TEXT NOT NULL) WITHOUT ROWID"


class ClaimsDatabase(Protocol):
    """What claims need of the journal."""

    path: Path

    def write(self, action: Callable[[sqlite3.Connection], object]) -> None:
        """Runs an action in one transaction."""

    def read(self, query: str, values: Sequence[str]) -> list[Any]:
        """The rows of a query."""


class Claims:
    """The claims of one asking, all given back at its end. Open only inside `with`."""

    def __init__(self, journal: ClaimsDatabase) -> None:
        self._journal, self._owner = journal, secrets.token_hex(8)
        self._folder = journal.path.with_name(journal.path.name + "-owners")

    def __enter__(self) -> Self:
        path = self._folder / self._owner
        try:
            make_folder(self._folder)
            self._file = os.fdopen(open_file(path), "a+")
        except OSError as error:
            raise place_fault(path, error, OWN_STORE) from error
        fcntl.flock(self._file, fcntl.LOCK_EX)
        # Sweep up after those who were killed.
        self._drop_dead({owner for (owner,) in self._journal.read("SELECT DISTINCT owner FROM claims", ())})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:  # after a fault nothing more is written: the claims go with the lock
            self._journal.write(lambda db: db.execute("DELETE FROM claims WHERE owner = ?", [self._owner]))
        (self._folder / self._owner).unlink(missing_ok=True)
        self._file.close()

    def acquire(self, keys: Sequence[str]) -> set[str]:
        """The keys among these that are ours now; the others are being asked by someone who lives."""
        self._insert(keys)
        owners = self._owners(keys)
        if self._drop_dead(set(owners.values())):
            self._insert(keys)
            owners = self._owners(keys)
        return {key for key, owner in owners.items() if owner == self._owner}

    def release(self, keys: Iterable[str]) -> None:
        """Gives keys back that were refused; those that were answered went with their reply."""
        rows = [(key, self._owner) for key in keys]
        self._journal.write(lambda db: db.executemany("DELETE FROM claims WHERE key = ? AND owner = ?", rows))

    def _insert(self, keys: Sequence[str]) -> None:
        rows = [(key, self._owner) for key in keys]
        self._journal.write(lambda db: db.executemany("INSERT OR IGNORE INTO claims VALUES (?, ?)", rows))

    def _owners(self, keys: Sequence[str]) -> dict[str, str]:
        marks = ",".join("?" * len(keys))
        return dict(self._journal.read(f"SELECT key, owner FROM claims WHERE key IN ({marks})", keys))

    def _drop_dead(self, owners: set[str]) -> bool:
        """Forgets the claims of those owners that are dead. True when there were any."""
        dead = [[owner] for owner in owners - {self._owner} if not self._is_alive(owner)]
        if dead:
            self._journal.write(lambda db: db.executemany("DELETE FROM claims WHERE owner = ?", dead))
        return bool(dead)

    def _is_alive(self, owner: str) -> bool:
        path = self._folder / owner
        try:
            with path.open("r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        path.unlink(missing_ok=True)
        return False
