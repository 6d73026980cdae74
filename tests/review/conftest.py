"""Both databases: SQLite in a file, and a real PostgreSQL that the tests start."""

from pathlib import Path

import pytest


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
