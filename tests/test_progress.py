"""Progress in a log: whole lines with an estimate, and nothing for what is done at once."""

import time

import pytest

from secondhalf.progress import Progress


def test_nothing_is_said_of_what_takes_no_time(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress("teach", 10, "replies") as progress:
        progress.advance(10)
    assert capsys.readouterr().err == ""


def test_a_log_gets_whole_lines_with_an_estimate(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 100, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with Progress("teach", 10, "replies") as progress:
        for _ in range(5):
            progress.advance(1, tokens=7)
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(" [")[0] for line in lines] == ["teach:  10% 1/10", "teach:  30% 3/10", "teach:  50% 5/10"]
    assert all("tokens=7" in line and "replies" in line and "\r" not in line for line in lines)


def test_an_unknown_total_has_no_share(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with Progress("corpus", 0, "documents") as progress:
        progress.advance(3)
    assert capsys.readouterr().err.startswith("corpus: 3 documents [00:05")
