"""A journal that cannot be used: whose it is and what to do, and never to move it away."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.batch_api.table import BatchTable
from secondhalf.models.journal.claims import Claims
from secondhalf.models.journal.faults import check_writable, journal_fault
from secondhalf.models.journal.journal import Journal
from secondhalf.models.journal.view import JournalSelection, JournalView
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.store import faults
from support.other_user import other_user

REQUEST = Request("r", (("user", "say it"),), Sampling())


@pytest.fixture
def path() -> Iterator[Path]:
    """A journal with one reply, in a folder that everybody may enter."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    journal = Journal(folder / "journal.sqlite")
    journal.store("m", [(REQUEST, Reply("it", "stop", 1, 1))])
    journal.close()
    yield folder / "journal.sqlite"
    shutil.rmtree(folder)


USES: dict[str, Callable[[Path], object]] = {
    "opened": Journal,
    "looked at first": check_writable,
    "listed": lambda path: JournalView(path).models(),
    "exported": lambda path: list(JournalView(path).lines()),
    "pruned": lambda path: JournalView(path).prune(JournalSelection("m")),
}


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("closed", ["journal.sqlite", "."])
def test_a_journal_of_another_user_says_whose_it_is_and_how_to_share_it(path: Path, use: str, closed: str):
    blocked = path.parent / closed
    blocked.chmod(0o600 if blocked.is_file() else 0o700)
    with pytest.raises(UserError) as raised, other_user(blocked):
        USES[use](path)
    message = str(raised.value)
    assert message.startswith("You (")
    assert f"may not write {path}" in message or f"may not read {path}" in message
    assert "belongs to" in message
    assert "have its owner share it with your group: `secondhalf store --share`" in message
    assert "move" not in message
    assert len(Journal(path)) == 1


def test_a_journal_that_may_only_be_read_is_no_damaged_one(path: Path):
    path.chmod(0o644)  # as it was before 0.3
    with pytest.raises(UserError, match=r"may not write .*journal\.sqlite.*belongs to"), other_user(path):
        Journal(path)


def test_what_beside_the_journal_cannot_be_written_is_named(path: Path):
    journal = Journal(path)
    owners = path.with_name("journal.sqlite-owners")
    owners.write_text("a file")
    with pytest.raises(UserError, match="is a file, and a folder is needed there"), Claims(journal):
        pass


def test_a_read_only_file_system_is_told_and_its_journal_can_be_read(path: Path, monkeypatch):
    monkeypatch.setattr(faults.os, "statvfs", lambda path: os.statvfs_result((0,) * 8 + (os.ST_RDONLY, 255)))
    monkeypatch.setattr(faults.os, "access", _nothing_written)
    with pytest.raises(UserError, match=r"mounted read-only: mount it writable, or name another --store"):
        check_writable(path)
    assert [entry.replies for entry in JournalView(path).models()] == [1]
    assert not path.with_name("journal.sqlite-shm").exists()


def _nothing_written(path: Path, mode: int, **options: object) -> bool:
    return not mode & os.W_OK


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("SQLITE_BUSY", "held by another process for a minute"),
        ("SQLITE_CORRUPT", "it is damaged: save what can be read"),
        ("SQLITE_NOTADB", "it is damaged: save what can be read"),
        ("SQLITE_CANTOPEN", "check that its folder can be written"),
        ("SQLITE_READONLY_DBMOVED", "check that its folder can be written"),
        ("SQLITE_IOERR_READ", "check its disk and the space there"),
    ],
)
def test_every_error_has_a_mend_and_none_is_to_move_it_away(path: Path, name: str, message: str):
    error = sqlite3.OperationalError("what SQLite says")
    error.sqlite_errorname = name
    sentence = str(journal_fault(path, error))
    assert message in sentence
    assert "away" not in sentence


def test_a_journal_that_is_held_too_long_is_no_damaged_one(path: Path):
    journal = Journal(path)
    journal.read("PRAGMA busy_timeout = 50", ())
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UserError, match="was held by another process"):
        journal.store("m", [(REQUEST, Reply("it", "stop", 1, 1))])
    other.close()


def test_the_journal_and_all_beside_it_is_its_owners_alone_and_its_replies_are_on_the_disk(tmp_path: Path):
    before = os.umask(0)
    try:
        journal = Journal(tmp_path / "store" / "journal.sqlite")
        table = BatchTable(tmp_path / "store" / "batches.sqlite", "server")
        with Claims(journal) as claims, table.locked():
            claims.acquire(["key"])
            modes = {path.name: path.stat().st_mode & 0o7777 for path in (tmp_path / "store").rglob("*")}
    finally:
        os.umask(before)
    assert modes.pop("journal.sqlite-owners") == 0o700
    assert set(modes.values()) == {0o600}
    assert {
        "journal.sqlite",
        "journal.sqlite-wal",
        "journal.sqlite-shm",
        "batches.sqlite",
        "batches.lock",
    } <= modes.keys()
    assert (tmp_path / "store").stat().st_mode & 0o7777 == 0o700
    # 2 is FULL: SQLite flushes the write-ahead log before a commit returns. With NORMAL (1) a power cut takes replies back.
    assert journal.read("PRAGMA synchronous", ()) == [(2,)]


def test_a_journal_that_others_could_read_is_closed(path: Path):
    path.chmod(0o644)
    Journal(path).close()
    assert path.stat().st_mode & 0o7777 == 0o600


def test_a_journal_of_a_later_version_is_left_as_it_is(path: Path):
    """Opened as one of ours it would be given our version, and the rows that the later one wrote be asked again."""
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE replies ADD COLUMN later TEXT NOT NULL DEFAULT ''")
        db.execute("PRAGMA user_version = 6")
    before = path.read_bytes()
    for use in (Journal, lambda path: JournalView(path).models(), lambda path: JournalView(path).damaged()):
        with pytest.raises(UserError, match=r"newer secondhalf \(version 6, and this one knows 5\): upgrade"):
            use(path)
    assert path.read_bytes() == before


def test_a_second_opening_takes_no_lock_from_the_first(path: Path):
    """What looks at the journal while a run writes it, in one process: another process must still see that it is in use."""
    first = Journal(path)
    assert len(first) == 1
    Journal(path)
    alone = "import sqlite3, sys; sqlite3.connect(sys.argv[1], timeout=0.1).execute('PRAGMA journal_mode=DELETE')"
    other = subprocess.run([sys.executable, "-c", alone, str(path)], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr
