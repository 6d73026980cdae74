"""What is kept of requests, and what is removed by a key's name, a request's id or age."""

import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.rows import Verdict
from secondhalf.serve.checks.outcome import CheckOutcome
from secondhalf.serve.kept.database import KeptRequest, ServeDatabase

FLAG = ("output", CheckOutcome(Verdict("", "loops", False, 0.9, "loops: half \ud800", 3, 9), "flag"))


def _request(
    name: str, key: str = "", time: str = "2026-01-01T00:00:00+00:00", *, flagged: bool = False
) -> KeptRequest:
    outcomes = (FLAG,) if flagged else ()
    return KeptRequest(name, time, key, "taught", ("hello",), True, "answer", "sent", "stop", 3, 2, outcomes)


def test_what_is_forgotten_goes_with_its_flags_and_nothing_else_does(tmp_path: Path) -> None:
    database = ServeDatabase(tmp_path / "serve.sqlite")
    assert stat.S_IMODE((tmp_path / "serve.sqlite").stat().st_mode) == 0o600
    for request in (
        _request("a", "one", flagged=True), _request("a-2"), _request("ab"), _request("b", "one"), _request("c", flagged=True),
    ):  # fmt: skip
        database.keep(request)
    assert database.forget("a") == 2  # its further prompts too
    assert database.forget("") == 0  # requests without a key are nobody's
    assert database.forget("one") == 1
    assert database.read("SELECT request FROM answers ORDER BY request") == [("ab",), ("c",)]
    assert database.read("SELECT request, reason, start FROM flags") == [("c", "loops: half ?", 3)]
    database.keep(_request("later", time="2999-01-01T00:00:00+00:00"))
    assert database.remove_older(30) == 2
    assert database.read("SELECT request FROM answers") == [("later",)]
    database.close()


@pytest.mark.parametrize("name", ["req", "*", "req-1*", "[a-z]*", "%", "req-", "?", "req-1b", "-", "req-11aa-2"])
def test_no_beginning_and_no_pattern_forgets_anybody(name: str, tmp_path: Path) -> None:
    database = ServeDatabase(tmp_path / "serve.sqlite")
    for request in ("req-11aa", "req-1bbb", "req-1bbb-20", "req-123456789012345678901234"):
        database.keep(_request(request, "one"))
    assert database.forget(name) == 0
    assert database.forget("req-1bbb") == 2
    database.close()


def _bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.glob("serve.sqlite*"))


def test_what_a_reader_holds_in_the_log_is_said_and_goes_when_it_is_asked_again(tmp_path: Path) -> None:
    database = ServeDatabase(tmp_path / "serve.sqlite")
    for name in ("a", "b", "c"):
        database.keep(replace(_request(name, "one" if name == "a" else ""), answer="what they told us " * 2000))
    with closing(sqlite3.connect(tmp_path / "serve.sqlite", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM answers").fetchall()
        with pytest.raises(UserError, match="1 requests are removed, but another program reads"):
            database.forget("one")
        assert database.remove_older(30) == 2
        assert b"told us" in _bytes(tmp_path)
    assert database.remove_older(30) == 0
    assert b"told us" not in _bytes(tmp_path)
    assert database.forget("one") == 0
    database.close()


def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "serve.sqlite"
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(UserError, match="cannot be used"):
        ServeDatabase(path)
    assert path.read_bytes() == b"no database at all" * 100
