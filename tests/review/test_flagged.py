"""What an endpoint flagged comes into the queue, from its own database, and leaves it when it is forgotten."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.review.accounts import Reviewer
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import DecisionError, Desk, Proposal
from secondhalf.review.exchange.preferences import preferences
from secondhalf.review.flagged import FlaggedItems, flags_state
from secondhalf.review.pairs import PairItems, pair_items
from secondhalf.rows import Verdict
from secondhalf.runs import Run
from secondhalf.serve.checks.outcome import CheckOutcome
from secondhalf.serve.kept.database import KeptRequest, ServeDatabase
from support.review_runs import made_pairs, made_run, replace_pairs

AKI = Reviewer("aki", "reviewer", True)
LOOPS = ("output", CheckOutcome(Verdict("", "loops", False, 0.9, "loops: half"), "flag"))
PERSONAL = ("output", CheckOutcome(Verdict("", "personal_data", False, 1.0, "an address"), "mask"))


def kept(
    name: str, *turns: str, outcomes: tuple[tuple[str, CheckOutcome], ...] = (LOOPS,), chat: bool = True
) -> KeptRequest:
    return KeptRequest(
        name, "2026-01-01T00:00:00+00:00", "", "taught", turns, chat, "answer answer", "sent", "stop", 3, 2, outcomes
    )


def test_from_the_endpoint_to_preferences_and_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.desk._LOOK", 0.0)
    run = made_run(tmp_path, made_pairs(30))
    desk = Desk(run, ReviewDatabase(str(tmp_path / "r.sqlite")))
    before = len(desk.assignment.items.orders["flagged"])
    endpoint = ServeDatabase(run.folder / "serve" / "serve.sqlite")
    endpoint.keep(kept("req-1", "What is a bridge?", outcomes=(LOOPS, PERSONAL)))
    endpoint.keep(kept("req-2", "Hello", "Hi.", "And then?"))
    endpoint.keep(kept("req-3", "Once upon", chat=False))
    endpoint.keep(kept("req-4", "Fine", outcomes=()))
    desk.refresh()
    assert len(desk.assignment.items.orders["flagged"]) == before + 3
    one, several, plain = (desk.item(f"flagged:req-{n}") for n in (1, 2, 3))
    assert one
    assert several
    assert plain
    assert (one.prompt, one.texts) == ("What is a bridge?", ("answer answer",))
    assert [(note.check, note.passed) for note in one.notes] == [("loops", True), ("personal_data", False)]
    assert several.prompt == "> Hello\n\n< Hi.\n\n> And then?"
    assert plain.prompt == "Once upon"
    desk.decide(Proposal(one.item, "edit", one.seen, 0, "It joins two banks."), AKI)
    assert [(row["prompt"], row["chosen"], row["rejected"]) for row in preferences(desk)] == [
        ("What is a bridge?", "It joins two banks.", "answer answer")
    ]
    endpoint.forget("req-2")
    desk.refresh()
    with pytest.raises(DecisionError, match="gone"):
        desk.decide(Proposal(several.item, "accept", several.seen, 0), AKI)
    endpoint.close()


def test_no_endpoint_and_a_file_that_is_none(tmp_path: Path):
    assert flags_state(tmp_path / "none.sqlite") == (0, 0)
    path = tmp_path / "other.sqlite"
    path.write_text("no database")
    assert flags_state(path) == (0, 0)
    with pytest.raises(UserError, match="cannot be read"):
        FlaggedItems(path)


def test_a_file_that_cannot_be_opened_is_said_and_ends_no_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refused(path: Path) -> None:
        raise sqlite3.OperationalError("unable to open database file")

    path = tmp_path / "serve.sqlite"
    path.touch()
    monkeypatch.setattr("secondhalf.review.flagged._opened", refused)
    assert flags_state(path) == (0, 0)
    with pytest.raises(UserError, match="unable to open"):
        FlaggedItems(path)


def test_flags_alone_do_not_have_the_run_read_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.desk._LOOK", 0.0)
    run = made_run(tmp_path, made_pairs(20))
    desk = Desk(run, ReviewDatabase(str(tmp_path / "review.sqlite")))
    endpoint = ServeDatabase(run.folder / "serve" / "serve.sqlite")
    read: list[Run] = []

    def counted(run: Run, data: Sequence[str]) -> list[PairItems]:
        read.append(run)
        return pair_items(run, data)

    monkeypatch.setattr("secondhalf.review.desk.pair_items", counted)
    for number in range(1, 4):
        endpoint.keep(kept(f"req-{number}", "question"))
        desk.refresh()
        assert desk.item(f"flagged:req-{number}")
    assert desk.item(desk.assignment.items.orders["random"][0])
    assert read == []
    replace_pairs(run, made_pairs(21))
    desk.refresh()
    assert len(read) == 1
    assert len(desk.assignment.items.orders["random"]) == 21
    assert desk.item("flagged:req-3")
    endpoint.close()
