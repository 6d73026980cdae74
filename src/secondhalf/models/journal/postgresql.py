"""The journal in a PostgreSQL database: `journal: postgresql://HOST/NAME`, for writers on several machines.

    replies  `key`; `model` and `created`, to look at; `failed`: cut off by a failure; `reply`: the columns of the file's table as
             JSON in ASCII, since PostgreSQL's text holds no zero byte; `checksum` of those columns
    claims   `key` and the number of its owner's advisory lock, which the server frees when the owner's connection ends

A reply counts when its transaction is committed, which is as safe as the server's own `synchronous_commit`.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from secondhalf.errors import UserError
from secondhalf.models.finish import finish_kind
from secondhalf.models.journal.postgresql_claims import PostgresqlClaims
from secondhalf.models.journal.reply_journal import ReplyClaims
from secondhalf.models.journal.row_checksums import is_intact, reply_of, row_checksum, row_of
from secondhalf.models.request import Reply, Request
from secondhalf.store.postgresql import PASSWORD, postgresql_engine, reason

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")
_TABLES = sa.MetaData()
REPLIES = sa.Table(
    "secondhalf_replies", _TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("failed", sa.Boolean, nullable=False),
    sa.Column("reply", sa.Text, nullable=False),
    sa.Column("checksum", sa.Text, nullable=False),
)  # fmt: skip
CLAIMS = sa.Table(
    "secondhalf_claims", _TABLES,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("owner", sa.BigInteger, nullable=False, index=True),
)  # fmt: skip
_MANY = 500
_PAUSE = 1.0  # seconds between two attempts to reach a server that is gone
_WAIT = 60.0


class PostgresqlJournal:
    """The replies of everybody who names this database. May be used from several threads."""

    patience = 300.0
    """Seconds to wait for a server that is gone before giving up; nothing that was paid for is let go meanwhile."""

    def __init__(self, url: str, path: Path) -> None:
        """`path`: where the store's own journal would stand. Raises UserError for an address that cannot be used."""
        self.path = path
        self._engine = postgresql_engine(url, "journal", _WAIT)
        try:
            with self._engine.begin() as connection:
                _TABLES.create_all(connection)
        except sa.exc.SQLAlchemyError as error:
            raise UserError(
                f"journal: the database cannot be used ({reason(error)}): correct the address or {PASSWORD}, start the "
                "server, or take the field away to use the store's own file."
            ) from error

    def find(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The stored replies among `keys`; damaged ones, and those that a failure cut off, are asked again."""
        replies: dict[str, Reply] = {}
        for start in range(0, len(keys), _MANY):
            query = sa.select(REPLIES.c.reply, REPLIES.c.checksum).where(
                REPLIES.c.key.in_(keys[start : start + _MANY]), ~REPLIES.c.failed
            )
            for text, checksum in self.run(partial(_rows, query)):
                row = _columns(text)
                if is_intact(row, checksum):
                    replies[str(row[0])] = reply_of(row)
        return replies

    def store(self, model: str, replies: Iterable[tuple[Request, Reply]]) -> None:
        """Writes the replies in one transaction; those already there stay as they are, but for failed and damaged ones."""
        rows = {}
        for request, reply in replies:
            row = row_of(model, request, reply, time.time())
            rows[row[0]] = {
                "key": row[0],
                "model": model.replace("\0", ""),
                "created": row[9],
                "failed": finish_kind(reply.finish) == "failed",
                "reply": json.dumps(row),
                "checksum": row_checksum(row),
            }

        def write(connection: sa.Connection) -> None:
            new = insert(REPLIES).values(list(rows.values()))
            values = {name: new.excluded[name] for name in ("model", "created", "failed", "reply", "checksum")}
            # What another machine stored meanwhile stays, unless it is one that `find` asks again.
            there = sa.select(REPLIES.c.key, REPLIES.c.reply, REPLIES.c.checksum).where(REPLIES.c.key.in_(rows))
            damaged = [key for key, text, sum_ in connection.execute(there) if not is_intact(_columns(text), sum_)]
            again = sa.or_(REPLIES.c.failed, REPLIES.c.key.in_(damaged))
            connection.execute(new.on_conflict_do_update(index_elements=["key"], set_=values, where=again))
            connection.execute(sa.delete(CLAIMS).where(CLAIMS.c.key.in_(rows)))

        if rows:
            self.run(write)

    def claims(self) -> AbstractContextManager[ReplyClaims]:
        """The claims of one asking, all given back at its end."""
        return PostgresqlClaims(self.run, self._engine, CLAIMS)

    def run(self, action: Callable[[sa.Connection], Result]) -> Result:
        """An action in one transaction, tried again while the server is gone: an action that is done twice is done once.

        Raises UserError when it stays away for `patience` seconds, or refuses.
        """
        since = time.monotonic()
        warned = False
        while True:
            try:
                with self._engine.begin() as connection:
                    return action(connection)
            except sa.exc.SQLAlchemyError as error:
                if not _is_gone(error):
                    raise UserError(
                        f"journal: the database refuses ({reason(error)}); what was stored is kept."
                    ) from error
                if time.monotonic() - since >= self.patience:
                    raise UserError(
                        f"journal: the database is gone ({reason(error)}): start it, and start again; what was stored is kept."
                    ) from error
                if not warned:
                    warned = True
                    _LOG.warning("The journal's database is gone: start it, and this goes on; nothing is lost.")
            time.sleep(min(_PAUSE, self.patience))

    def __len__(self) -> int:
        return int(
            self.run(
                lambda connection: connection.execute(sa.select(sa.func.count()).select_from(REPLIES)).scalar_one()
            )
        )

    def close(self) -> None:
        """Closes its connections; what was written stays."""
        self._engine.dispose()


def _rows(query: sa.Executable, connection: sa.Connection) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(query)]


def _columns(text: str) -> list[Any]:
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        row = None
    return row if isinstance(row, list) else []


def _is_gone(error: sa.exc.SQLAlchemyError) -> bool:
    """Whether the server, and not the statement, is at fault: no connection, one that broke, or a server that starts or stops."""
    if isinstance(error, sa.exc.InterfaceError | sa.exc.OperationalError) or getattr(
        error, "connection_invalidated", False
    ):
        return True
    cause = getattr(error, "orig", None)
    facts = cause.args[0] if cause is not None and cause.args and isinstance(cause.args[0], dict) else {}
    return str(facts.get("C", "")).startswith(("57P", "08"))
