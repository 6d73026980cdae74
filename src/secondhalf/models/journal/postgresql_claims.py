"""Claims in a PostgreSQL database. An owner holds an advisory lock, on a connection of its own, as long as it asks.

The server frees the lock when that connection ends, however it ends, so a claim of the dead is known at once.
"""

import secrets
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any, Self

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

Transaction = Callable[[Callable[[sa.Connection], Any]], Any]


class PostgresqlClaims:
    """The claims of one asking, all given back at its end. Open only inside `with`."""

    def __init__(self, run: Transaction, engine: sa.Engine, table: sa.Table) -> None:
        self._run, self._engine, self._table = run, engine, table
        self._owner = secrets.randbits(62)
        self._held: sa.Connection | None = None

    def __enter__(self) -> Self:
        self._hold()
        self._drop_dead(set(self._run(lambda c: c.execute(sa.select(self._table.c.owner).distinct()).scalars().all())))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:  # after a fault nothing more is written: the claims go with the lock
                self._run(lambda c: c.execute(sa.delete(self._table).where(self._table.c.owner == self._owner)))
        finally:
            if self._held is not None:
                self._held.invalidate()  # not back into the pool: the lock goes with the connection
                self._held.close()

    def acquire(self, keys: Sequence[str]) -> set[str]:
        """The keys among these that are ours now; the others are being asked by someone who lives."""
        self._hold()
        self._insert(keys)
        owners = self._owners(keys)
        if self._drop_dead(set(owners.values())):
            self._insert(keys)
            owners = self._owners(keys)
        return {key for key, owner in owners.items() if owner == self._owner}

    def release(self, keys: Iterable[str]) -> None:
        """Gives keys back that were refused; those that were answered went with their reply."""
        table, mine = self._table, list(keys)
        if mine:
            self._run(lambda c: c.execute(sa.delete(table).where(table.c.key.in_(mine), table.c.owner == self._owner)))

    def _hold(self) -> None:
        """Takes the lock, or takes it again after the server was gone."""

        def check(_: sa.Connection) -> None:
            if self._held is not None:
                try:
                    self._held.execute(sa.select(1))
                    return
                except sa.exc.SQLAlchemyError:
                    self._held.close()
                    self._held = None
            held = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            held.execute(sa.select(sa.func.pg_advisory_lock(self._owner)))
            self._held = held

        self._run(check)

    def _insert(self, keys: Sequence[str]) -> None:
        # In one order everywhere: two that insert the same keys wait for each other, and not in a ring.
        rows = [{"key": key, "owner": self._owner} for key in sorted(keys)]
        self._run(lambda c: c.execute(insert(self._table).values(rows).on_conflict_do_nothing()))

    def _owners(self, keys: Sequence[str]) -> dict[str, int]:
        query = sa.select(self._table.c.key, self._table.c.owner).where(self._table.c.key.in_(keys))
        return dict(self._run(lambda c: [tuple(row) for row in c.execute(query)]))

    def _drop_dead(self, owners: set[int]) -> bool:
        """Forgets the claims of those owners that are dead. True when there were any."""
        others = sorted(owners - {self._owner})

        def drop(connection: sa.Connection) -> int:
            # A lock for this transaction alone: it is free only where its owner's connection has ended.
            dead = [
                one
                for one in others
                if connection.execute(sa.select(sa.func.pg_try_advisory_xact_lock(one))).scalar_one()
            ]
            if dead:
                connection.execute(sa.delete(self._table).where(self._table.c.owner.in_(dead)))
            return len(dead)

        return bool(others) and bool(self._run(drop))
