"""A reply that is not as it was stored is asked again, and the damaged one is kept."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.journal import Journal
from secondhalf.models.journal.view import JournalView
from secondhalf.models.request import Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests

REQUESTS = [Request(f"r{i}", (("user", f"Say number {i}."),), Sampling()) for i in range(5)]


def _replies(path: Path) -> dict[str, object]:
    journal = Journal(path)
    try:
        return dict(send_requests(REQUESTS, "dummy", Dummy, journal, "test"))
    finally:
        journal.close()


def _change(path: Path, change: str) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"UPDATE replies SET {change} WHERE key = ?", [REQUESTS[1].key("dummy")])


@pytest.mark.parametrize(
    "change",
    [
        "text = text || '.'", "finish = 'length'", "prompt_tokens = prompt_tokens + 1", "seconds = 99", "model = 'other'",
        "messages = '[]'", "checksum = ''", "text = CAST(x'ff' AS TEXT)", "created = 'x'",
    ],
)  # fmt: skip
def test_a_changed_reply_is_asked_again_and_kept_aside(tmp_path: Path, caplog, change: str):
    path = tmp_path / "j.sqlite"
    texts = {row: reply.text for row, reply in _replies(path).items()}
    view = JournalView(path)
    assert view.damaged() == []
    _change(path, change)
    key = REQUESTS[1].key("dummy")
    assert view.damaged() == [key]
    for read in (view.models, lambda: next(view.lines())):
        with pytest.raises(
            UserError, match=rf"holds damaged replies \(1\).*DELETE FROM replies WHERE key IN \('{key}'\)"
        ):
            read()
    assert {row: reply.text for row, reply in _replies(path).items()} == texts
    assert "1 replies of the journal" in caplog.text
    assert view.damaged() == []
    assert sum(one.replies for one in view.models()) == len(REQUESTS)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT key FROM damaged").fetchall() == [(key,)]


def test_a_journal_of_before_gets_its_checksums_when_it_is_opened(tmp_path: Path):
    path = tmp_path / "j.sqlite"
    _replies(path)
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("ALTER TABLE replies DROP COLUMN checksum")
        db.execute("PRAGMA user_version = 3")
    assert JournalView(path).damaged() == []
    Journal(path).close()
    _change(path, "text = 'x'")
    assert JournalView(path).damaged() == [REQUESTS[1].key("dummy")]


def test_a_broken_schema_and_a_file_that_is_none_end_in_a_sentence(tmp_path: Path):
    path = tmp_path / "j.sqlite"
    _replies(path)
    whole = path.read_bytes()
    for damaged in (
        whole.replace(b"CREATE TABLE claims", b"CREATE \xd4ABLE claims"),
        b"no database" * 1000,
        whole[:5000],
    ):
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="cannot be used"):
            Journal(path)
        with pytest.raises(UserError, match=r"cannot be (read|used)"):
            JournalView(path).damaged()
