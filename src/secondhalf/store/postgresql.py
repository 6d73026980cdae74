"""Connections to a PostgreSQL database by its URL. SQLAlchemy and pg8000 are of the extras `review` and `postgresql`."""

import os
from getpass import getuser
from typing import TYPE_CHECKING, Any

from secondhalf.errors import UserError
from secondhalf.install import extra

if TYPE_CHECKING:
    import sqlalchemy as sa

PASSWORD = "PGPASSWORD"


def postgresql_engine(url: str, field: str, wait: float) -> "sa.Engine":
    """SQLAlchemy's engine for postgresql://USER@HOST/NAME. `field`: what named it, for errors; `wait`: seconds for a lock.

    Without USER it is the environment's PGUSER, or the system's user; the password is PGPASSWORD.
    Raises UserError for an address that is none.
    """
    try:
        import pg8000  # type: ignore[import-untyped]  # noqa: F401
        import sqlalchemy as sa
    except ImportError as error:
        raise UserError(f"{field}: a database needs more packages: {extra('postgresql')}.") from error
    address = postgresql_address(url, field)
    folder = address.query.get("host")  # as libpq writes the folder of a local socket
    query = {"unix_sock": f"{folder}/.s.PGSQL.{address.port or 5432}"} if isinstance(folder, str) else {}
    password = os.environ.get(PASSWORD) or None
    address = sa.URL.create(
        "postgresql+pg8000",
        address.username or os.environ.get("PGUSER") or getuser(),
        password,
        address.host,
        address.port,
        address.database,
        query,
    )
    engine = sa.create_engine(address, pool_size=8, max_overflow=8, pool_recycle=1800, hide_parameters=True)

    def connected(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        cursor.execute(f"SET lock_timeout = {int(1000 * wait)}")
        connection.commit()

    sa.event.listen(engine, "connect", connected)
    return engine


def postgresql_address(url: str, field: str) -> "sa.URL":
    """The parts of the URL. Raises UserError for another database, or a password in it."""
    import sqlalchemy as sa

    try:
        address = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise UserError(f"{field}: {url[:40]!r} is no address; write postgresql://USER@HOST/NAME.") from error
    if address.get_backend_name() != "postgresql":
        raise UserError(
            f"{field}: {address.drivername[:40]} is not supported; write postgresql://USER@HOST/NAME, or a path for SQLite."
        )
    if address.password:
        raise UserError(f"{field}: everybody can read a password there; put it into {PASSWORD}.")
    return address


def reason(error: Exception) -> str:
    """What the server or the driver said, in a line; never the values of a statement."""
    original = getattr(error, "orig", None) or error
    return str(original).splitlines()[0][:200] if str(original) else type(original).__name__
