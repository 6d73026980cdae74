"""What is to be kept is written in order, waits for a database that cannot be written, and is named where it is lost."""

import asyncio
import math
import sqlite3
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from secondhalf.serve.checks.outcome import failed
from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import KeptRequest, ServeDatabase, utc_now
from secondhalf.serve.kept.keeper import RequestKeeper
from secondhalf.serve.metrics import ServeMetrics
from secondhalf.serve.settings import ServeSettings


def _request(number: int, key: str = "ann") -> KeptRequest:
    flag = ("output", failed(f"req-{number}", "loops", "flag", 0.9, "repeats itself"))
    return KeptRequest(
        f"req-{number}", utc_now(), key, "taught", ("Hello", "Hi", "川 \ud83e"), True, "a", "b", "stop", 3, 4, (flag,)
    )


def test_what_no_database_takes_is_named_and_holds_up_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    database = ServeDatabase(tmp_path / "serve.sqlite")

    async def work() -> None:
        keeper = RequestKeeper(database, ServeMetrics())
        for number, score in enumerate((0.5, math.nan, 0.5), 1):
            flag = ("output", failed(f"req-{number}", "own", "flag", score, "of somebody's own"))
            await keeper.keep(replace(_request(number), outcomes=(flag,)))
        await keeper.keep(replace(_request(4), answer_tokens=2**70))
        await keeper.keep(_request(5))
        await keeper.close()

    asyncio.run(work())
    assert database.read("SELECT request FROM answers ORDER BY request") == [("req-1",), ("req-3",), ("req-5",)]
    assert "req-2 cannot be kept" in caplog.text
    assert "req-4 cannot be kept" in caplog.text
    database.close()


@pytest.mark.parametrize("days", [0, 36_501, 10**9])
def test_days_that_no_calendar_has_are_refused(days: int):
    with pytest.raises(ValidationError, match=r"keep\.days"):
        ServeSettings.model_validate({"keep": {"days": days}})


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
