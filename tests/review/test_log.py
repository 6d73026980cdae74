"""The log only grows, a decision that is posted twice is one row, and several processes' rows come in one order."""

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from secondhalf.errors import UserError
from secondhalf.review.database import DECISIONS, ReviewDatabase, ReviewDatabaseError, now
from secondhalf.review.log import ReplacedError, ReviewDecision, ReviewLog

FIRST = ReviewDecision("aki", "reviewer", "pair", "pair:taught:p1", "taught", "p1", "accept", "seen1")


@pytest.fixture
def database(url: str) -> Iterator[ReviewDatabase]:
    database = ReviewDatabase(url)
    yield database
    database.close()


def rows(database: ReviewDatabase) -> list[tuple[str, str, int]]:
    query = sa.select(DECISIONS.c.reviewer, DECISIONS.c.action, DECISIONS.c.replaces).order_by(DECISIONS.c.number)
    return [tuple(row) for row in database.read(query)]


def test_a_change_and_an_undo_are_new_rows(database: ReviewDatabase):
    log = ReviewLog(database)
    first = log.add(FIRST)
    second = log.add(replace(FIRST, action="reject", reason="dull", replaces=first.number))
    assert log.standing[FIRST.item] == {"aki": second}
    third = log.add(replace(FIRST, action="undo", replaces=second.number))
    assert log.standing[FIRST.item] == {}
    log.add(replace(FIRST, replaces=third.number))
    assert rows(database) == [
        ("aki", "accept", 0), ("aki", "reject", first.number), ("aki", "undo", second.number), ("aki", "accept", third.number),
    ]  # fmt: skip
    assert first.time
    assert first.number < second.number < third.number


def test_posted_twice_is_one_row_and_an_older_state_is_said(database: ReviewDatabase):
    log = ReviewLog(database)
    kept = log.add(FIRST)
    assert log.add(FIRST) == kept
    with pytest.raises(ReplacedError) as caught:
        log.add(replace(FIRST, action="reject"))
    assert caught.value.last == kept
    assert len(rows(database)) == 1


def test_two_reviewers_on_one_item_are_two_rows(database: ReviewDatabase):
    log = ReviewLog(database)
    log.add(FIRST)
    log.add(replace(FIRST, reviewer="ben", action="reject"))
    assert {name: row.action for name, row in log.standing[FIRST.item].items()} == {"aki": "accept", "ben": "reject"}


def test_another_process_rows_are_followed_in_order(database: ReviewDatabase, url: str):
    ours, other = ReviewLog(database), ReviewDatabase(url)
    theirs = ReviewLog(other)

    def work(log: ReviewLog, name: str) -> None:
        for n in range(20):
            log.add(replace(FIRST, reviewer=name, item=f"pair:taught:p{n}", id=f"p{n}"))

    threads = [
        threading.Thread(target=work, args=(log, name))
        for log in (ours, theirs)
        for name in (f"a{id(log)}", f"b{id(log)}")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ours.follow()
    theirs.follow()
    assert len(ours.rows) == 80
    assert ours.rows == theirs.rows
    assert [row.number for row in ours.rows] == sorted({row.number for row in ours.rows})
    other.close()


def test_what_is_imported_comes_whole_and_once(database: ReviewDatabase):
    log = ReviewLog(database)
    log.add(FIRST)
    many = [
        replace(FIRST, item=f"pair:taught:p{n}", id=f"p{n}", source="test", time="2026-01-01T00:00:00+00:00")
        for n in range(1200)
    ]
    assert log.add_all(many) == 1199
    assert log.add_all(many) == 0
    later = log.add(replace(FIRST, item="pair:taught:new", id="new"))
    assert later.number > log.rows[-2].number
    assert log.rows[1].time == "2026-01-01T00:00:00+00:00"


def test_a_locked_database_is_said_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.database._WAIT", 0.1)
    path = tmp_path / "review.sqlite"
    database = ReviewDatabase(str(path))
    log, other = ReviewLog(database), sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(ReviewDatabaseError, match="locked") as caught:
        log.add(FIRST)
    assert caught.value.busy
    other.execute("ROLLBACK")
    other.close()
    assert log.add(FIRST).number == 1
    database.close()


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path):
    database = ReviewDatabase(str(tmp_path / "review.sqlite"))
    log = ReviewLog(database)
    kept = log.add(FIRST)
    most = 0  # pages that the file may have; 0: as many as it wants

    def limited(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={most or 1_000_000}")

    sa.event.listen(database.engine, "connect", limited)
    [(most,)] = sqlite3.connect(tmp_path / "review.sqlite").execute("PRAGMA page_count").fetchall()
    database.engine.dispose()
    long = replace(FIRST, item="pair:taught:p2", action="edit", text="words " * 10_000)
    with pytest.raises(ReviewDatabaseError, match="full") as caught:
        log.add(long)
    assert not caught.value.busy
    assert (log.rows, rows(database)) == ([kept], [("aki", "accept", 0)])
    most = 0
    database.engine.dispose()
    assert log.add(long).number == 2
    database.close()


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_locked_postgresql_is_said(url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.database._WAIT", 0.1)
    database, other = ReviewDatabase(url), ReviewDatabase(url)
    log = ReviewLog(database)
    with other.writing(), pytest.raises(ReviewDatabaseError) as caught:
        log.add(FIRST)
    assert caught.value.busy
    assert log.add(FIRST).number > 0
    database.close()
    other.close()


def test_files_are_private(tmp_path: Path):
    path = tmp_path / "review" / "review.sqlite"
    database = ReviewDatabase(str(path))
    ReviewLog(database).add(FIRST)
    assert {file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://somebody@host/x", "mysql is not supported"),
        ("postgresql://somebody:secret@host/x", "PGPASSWORD"),
        ("postgresql://somebody@127.0.0.1:1/x", "cannot be used"),
        ("://", "no address"),
    ],
)
def test_an_address_that_cannot_be_used_is_said(url: str, sentence: str):
    with pytest.raises(UserError, match=sentence) as caught:
        ReviewDatabase(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("CREATE TABLE moz_places (id INTEGER)", "is another program's database"),
        ("CREATE TABLE decisions (number INTEGER PRIMARY KEY, time TEXT)", "its table decisions lacks action, id"),
        ("CREATE VIEW decisions AS SELECT 1 AS number", "its table decisions lacks action"),
        ("CREATE TABLE sessions (hash TEXT)", "its table sessions lacks ends, reviewer, token"),
    ],
)
def test_another_programs_or_versions_database_is_left_alone(statement: str, sentence: str, tmp_path: Path):
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    before = path.read_bytes()
    with pytest.raises(UserError, match=sentence):
        ReviewDatabase(str(path))
    assert _tables(path) == [statement.split()[2]]
    assert len(path.read_bytes()) == len(before)


def _tables(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
        ]


@pytest.mark.parametrize(
    "change",
    [{"action": "dance"}, {"kind": "zzz"}, {"kind": "comparison"}, {"time": "soon"}, {"reason": b"\xff"},
     {"item": "comparison:x"}, {"kind": "flagged"}],
)  # fmt: skip
def test_a_row_that_no_review_wrote_is_said(change: dict[str, object], tmp_path: Path):
    """Somebody else's hand in the file, or a disk that went bad."""
    path = tmp_path / "review.sqlite"
    ReviewDatabase(str(path)).close()
    names = (
        "time",
        "reviewer",
        "role",
        "kind",
        "item",
        "subject",
        "id",
        "action",
        "text",
        "reason",
        "queue",
        "seen",
        "source",
    )
    row = {
        **dict.fromkeys(names, "x"),
        "time": now(),
        "kind": "pair",
        "item": "pair:x",
        "action": "accept",
        "source": "page",
        **change,
    }
    with sqlite3.connect(path) as connection:
        places = ", ".join("?" * len(row))
        connection.execute(
            f"INSERT INTO decisions ({', '.join(row)}, replaces) VALUES ({places}, 0)", list(row.values())
        )
    database = ReviewDatabase(str(path))
    with pytest.raises(ReviewDatabaseError, match="row 1 of its decisions is none that a review writes"):
        ReviewLog(database)
    database.close()
