"""Where decisions are kept: SQLite in the run's folder, or PostgreSQL by its URL. SQLAlchemy Core speaks to both.

    decisions  the log, append-only: `number` (its order), `time` (UTC, ISO 8601), `reviewer`, `role` (at that time), `kind`,
               `item`, `subject`, `id`, `action`, `text`, `reason`, `queue`, `seen` (hash of what was judged), `replaces` (the
               number of the reviewer's row on the item before, 0: none), `source` (page, or what it was imported from)
    reviewers  append-only too, the last row of a name counts: `name`, `role`, `password` (argon2; "": none), `active`, `time`,
               `author`
    sessions   `hash` (SHA-256 of the cookie), `reviewer`, `token` (against forged forms), `ends` (seconds since 1970)

Writers take turns (SQLite: BEGIN IMMEDIATE; PostgreSQL: an advisory lock), so numbers are in the order in which rows can be seen.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from secondhalf.errors import UserError
from secondhalf.models.journal.faults import make_database
from secondhalf.store.postgresql import postgresql_engine, reason

METADATA = sa.MetaData()
_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DECISIONS = sa.Table(
    "decisions", METADATA,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in (
        "time", "reviewer", "role", "kind", "item", "subject", "id", "action", "text", "reason", "queue", "seen")),
    sa.Column("replaces", _NUMBER, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    # What makes a decision that is posted twice one row.
    sa.UniqueConstraint("reviewer", "item", "replaces"),
    sqlite_autoincrement=True,
)  # fmt: skip
REVIEWERS = sa.Table(
    "reviewers", METADATA,
    sa.Column("number", _NUMBER, primary_key=True, autoincrement=True),
    *(sa.Column(name, sa.Text, nullable=False) for name in ("name", "role", "password", "time", "author")),
    sa.Column("active", sa.Boolean, nullable=False),
)  # fmt: skip
SESSIONS = sa.Table(
    "sessions", METADATA,
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("reviewer", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("ends", _NUMBER, nullable=False),
)  # fmt: skip
_WAIT = 5.0  # seconds for another process that writes
_LOCK = 0x5EC0_4D4A  # of PostgreSQL's advisory locks


class ReviewDatabaseError(Exception):
    """The database did not do what it was told, and nothing was written. `busy`: another writer holds it, and waiting helps."""

    def __init__(self, reason: str, *, busy: bool) -> None:
        super().__init__(reason)
        self.busy = busy

    @property
    def mend(self) -> str:
        """What its user can do about it."""
        return "try again when the other writer is done." if self.busy else _mend(str(self))


class ReviewDatabase:
    """The tables, wherever they are. May be used from several threads."""

    def __init__(self, url: str) -> None:
        """`url`: a path for SQLite, else postgresql://USER@HOST/NAME; a password stands in PGPASSWORD.

        Raises UserError for an address that cannot be used.
        """
        self.engine = postgresql_engine(url, "--database", _WAIT) if "://" in url else _sqlite(Path(url))
        self._writing = self.engine.execution_options(writes=True)
        # SQLite's own driver begins and ends transactions at no cost; PostgreSQL is asked once instead of three times.
        self._reading = self.engine
        if self.engine.dialect.name == "postgresql":
            self._reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        try:
            with self.engine.connect() as connection:
                _check_tables(connection, _shown(url))
                METADATA.create_all(connection)
                connection.commit()
        except sa.exc.SQLAlchemyError as error:
            message = reason(error)
            raise UserError(f"{_shown(url)} cannot be used ({message}): {_mend(message)}") from error

    def read(self, query: sa.Executable) -> Sequence[sa.Row[Any]]:
        """The rows of a query. Raises ReviewDatabaseError."""
        with _told(), self._reading.connect() as connection:
            return connection.execute(query).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that no other writer is beside. Raises ReviewDatabaseError, and then nothing was written."""
        with _told(), self._writing.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection

    def close(self) -> None:
        """Closes its connections."""
        self.engine.dispose()


def _check_tables(connection: sa.Connection, place: str) -> None:
    """Raises UserError for a file that is another program's, and for tables of ours that lack a column."""
    inspector = sa.inspect(connection)
    there = {*inspector.get_table_names(), *inspector.get_view_names()}
    ours = there & METADATA.tables.keys()
    if there and not ours and connection.dialect.name == "sqlite":
        raise UserError(f"{place} is another program's database: name another file with --database.")
    for name in sorted(ours):
        missing = set(METADATA.tables[name].columns.keys()) - {column["name"] for column in inspector.get_columns(name)}
        if missing:
            raise UserError(
                f"{place}: its table {name} lacks {', '.join(sorted(missing))}, so another version or program wrote it: "
                "name another with --database."
            )


def now() -> str:
    """The time in UTC, ISO 8601 to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _sqlite(path: Path) -> sa.Engine:
    make_database(path, "name another file with --database")
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        connect_args={"timeout": _WAIT, "check_same_thread": False},
        pool_size=8,
        max_overflow=8,
        hide_parameters=True,
    )

    def connected(connection: Any, _: object) -> None:
        connection.isolation_level = None  # we begin transactions ourselves, and the driver none behind our back
        connection.execute("PRAGMA journal_mode=WAL")

    def begun(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    sa.event.listen(engine, "connect", connected)
    sa.event.listen(engine, "begin", begun)
    return engine


@contextmanager
def _told() -> Iterator[None]:
    """SQLAlchemy's errors as ours. A broken rule of a table is left to those who wrote the row."""
    try:
        yield
    except sa.exc.IntegrityError:
        raise
    except sa.exc.SQLAlchemyError as error:
        message = reason(error)
        raise ReviewDatabaseError(message, busy="locked" in message or "lock timeout" in message) from error


def _mend(message: str) -> str:
    if any(words in message for words in ("not a database", "malformed", "disk I/O error")):
        return "the file is damaged, or none of ours: put a copy of it back, or begin another with --database PATH."
    return "correct --database, or look to its server."


def _shown(url: str) -> str:
    return url if "://" not in url else "The database of --database"
