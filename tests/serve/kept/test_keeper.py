"""What is to be kept is written in order, waits for a database that cannot be written, and is named where it is lost."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from secondhalf.serve.checks.outcome import failed
from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import KeptRequest, ServeDatabase, utc_now
from secondhalf.serve.kept.keeper import RequestKeeper
from secondhalf.serve.metrics import ServeMetrics


def _request(number: int, key: str = "ann") -> KeptRequest:
    flag = ("output", failed(f"req-{number}", "loops", "flag", 0.9, "repeats itself"))
    return KeptRequest(
        f"req-{number}", utc_now(), key, "taught", ("Hello", "Hi", "川 \ud83e"), True, "a", "b", "stop", 3, 4, (flag,)
    )


def test_rows_wait_in_order_while_the_database_is_held(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr("secondhalf.serve.kept.keeper.MOST_WAITING", 2)
    database = ServeDatabase(tmp_path / "serve.sqlite")
    keep = database.keep

    def full(_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    async def work() -> None:
        keeper = RequestKeeper(database, ServeMetrics())
        await keeper.keep(_request(1))
        monkeypatch.setattr(database, "keep", full)
        for number in (2, 3):
            await keeper.keep(_request(number))
        keeper.check()
        await keeper.keep(_request(4))
        with pytest.raises(ApiError, match="cannot be written"):
            keeper.check()
        monkeypatch.setattr(database, "keep", keep)
        await keeper.write()
        keeper.check()
        monkeypatch.setattr(database, "keep", full)
        await keeper.keep(_request(5))
        await keeper.close()

    asyncio.run(work())
    assert database.read("SELECT request FROM flags ORDER BY number") == [(f"req-{n}",) for n in (1, 2, 3, 4)]
    assert "1 requests could not be kept: req-5." in caplog.text
    database.close()
