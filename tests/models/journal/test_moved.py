"""A journal that loses its name while a run asks: every reply is in a file that is named, and the run stops."""

import os
import re
import sqlite3
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Reply, Request, Sampling


def _request(text: str) -> Request:
    return Request("r", (("user", text),), Sampling())


def _store(journal: Journal, text: str) -> None:
    journal.store("m", [(_request(text), Reply(text, "stop", 1, 1))])


@pytest.mark.parametrize("how", ["removed", "moved", "replaced"])
def test_nothing_that_was_paid_for_is_lost_with_the_name(how: str, tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    _store(journal, "before")
    if how == "removed":
        path.unlink()
    elif how == "moved":
        (tmp_path / "backup").mkdir()
        path.rename(tmp_path / "backup" / path.name)
    else:
        Journal(tmp_path / "other.sqlite").close()
        os.replace(tmp_path / "other.sqlite", path)
    with pytest.raises(UserError, match="was moved, removed or replaced while it was in use") as caught:
        _store(journal, "after")
    journal.close()
    saved = Path(re.findall(r"is in (\S+);", str(caught.value))[0])
    assert saved.stat().st_mode & 0o777 == 0o600
    for each in tmp_path.glob("journal.sqlite*"):
        each.unlink()
    saved.rename(path)
    keys = [_request(text).key("m") for text in ("before", "after")]
    assert set(Journal(path).find(keys)) == set(keys)


def test_where_no_copy_can_be_saved_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    path.rename(tmp_path / "moved")
    monkeypatch.setattr("secondhalf.models.journal.moved.secrets.token_hex", lambda _: "x")
    (tmp_path / "journal-saved-x.sqlite").mkdir()
    with pytest.raises(UserError, match="a copy could not be saved"):
        _store(journal, "after")


def test_a_vacuum_of_another_process_moves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite"
    journal = Journal(path)
    _store(journal, "before")
    with sqlite3.connect(path) as other:
        other.execute("VACUUM")
    _store(journal, "after")
    assert len(journal) == 2
