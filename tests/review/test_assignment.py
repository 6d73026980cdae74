"""Who judges what next: nobody twice, nobody the same at once, and as many as are needed."""

import random
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from secondhalf.recipe.review import ReviewSettings
from secondhalf.review.accounts import Reviewer
from secondhalf.review.assignment import Assignment
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import DecisionError, Desk, Proposal
from secondhalf.review.items import DISPUTED
from support.review_runs import ARMS, made_pairs, made_run, replace_pairs

AKI, BEN, LEA = Reviewer("aki", "reviewer", True), Reviewer("ben", "reviewer", True), Reviewer("lea", "lead", True)
Open = Callable[..., Desk]


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    def opened(count: int = 40, **changes: object) -> Desk:
        run = made_run(tmp_path, made_pairs(count), answers=6, **changes)
        return Desk(run, ReviewDatabase(str(tmp_path / "review.sqlite")))

    return opened


def decide(desk: Desk, name: str, reviewer: Reviewer, action: str = "accept", **more: object) -> None:
    item, last = desk.item(name), desk.log.last(name, reviewer.name)
    assert item
    desk.decide(Proposal(name, action, item.seen, last.number if last else 0, **more), reviewer)  # type: ignore[arg-type]


def test_two_have_different_items_and_a_reload_the_same(opened: Open):
    desk = opened(review={"overlap_share": 0})
    mine = desk.assignment.next("random", "aki")
    assert desk.assignment.next("random", "aki") == mine
    assert desk.assignment.next("random", "ben") not in {mine, None}
    assert desk.assignment.next("random", "aki", [mine]) not in {mine, None}


def test_everything_is_judged_as_often_as_needed_and_then_nothing_is_left(opened: Open):
    desk = opened(30, review={"overlap": 2, "overlap_share": 0.5})
    several = [name for name in desk.assignment.items.orders["random"] if desk.assignment.needed(name) == 2]
    assert 5 < len(several) < 25
    for reviewer in (AKI, BEN):
        while name := desk.assignment.next("random", reviewer.name):
            decide(desk, name, reviewer)
    assert {name for name, standing in desk.log.standing.items() if len(standing) == 2} == set(several)
    assert len(desk.log.standing) == 30
    assert desk.assignment.next("random", "lea") is None
    assert desk.assignment.left("random", "lea") == 0


def test_what_is_taken_back_comes_again(opened: Open):
    desk = opened(5, review={"overlap_share": 0})
    names = []
    while name := desk.assignment.next("random", "aki"):
        decide(desk, name, AKI)
        names.append(name)
    number = desk.log.standing[names[2]]["aki"].number
    desk.undo(number, AKI)
    assert desk.assignment.next("random", "aki") == names[2]
    assert desk.undo(number, AKI).number == desk.log.rows[-1].number == 6  # posted twice
    with pytest.raises(DecisionError, match="invalid"):
        desk.undo(number, BEN)
    decide(desk, names[2], AKI, "reject")
    with pytest.raises(DecisionError, match="replaced"):
        desk.undo(number, AKI)


def test_disagreements_are_a_leads(opened: Open):
    desk = opened(review={"overlap": 2, "overlap_share": 1})
    name = desk.assignment.next("random", "aki")
    assert name
    decide(desk, name, AKI, "accept")
    decide(desk, name, BEN, "reject")
    assert desk.assignment.next(DISPUTED, "lea") == name
    decide(desk, name, LEA, "reject")
    assert desk.assignment.next(DISPUTED, "lea") is None


def test_the_doubtful_come_first_and_the_flagged_are_those_with_findings(opened: Open):
    desk = opened(40)
    orders = desk.assignment.items.orders
    assert len(orders["uncertain"]) == 4  # every tenth has an echo of 0.45 where 0.5 is the limit
    assert len(orders["flagged"]) == 2
    item = desk.item(orders["flagged"][0])
    assert item
    assert [(note.check, note.passed) for note in item.notes] == [("cut_end", False)]


def test_the_random_order_is_the_seeds_and_grows(tmp_path: Path):
    def order(count: int, seed: int) -> list[str]:
        run = made_run(tmp_path / f"{count}{seed}", made_pairs(count), review={"seed": seed})
        return Desk(run, ReviewDatabase(str(tmp_path / f"{count}{seed}.sqlite"))).assignment.items.orders["random"]

    fewer = order(30, 1)
    assert [name for name in order(60, 1) if name in set(fewer)] == fewer
    assert order(30, 2) != fewer


def test_comparisons_are_blind_and_both_sides_come(opened: Open):
    desk = opened()
    items = [desk.item(name) for name in desk.assignment.items.orders["compare"]]
    assert len(items) == 6
    assert {item.turned for item in items if item} == {True, False}
    for item in items:
        assert item
        assert not any(arm in item.item for arm in ARMS)
        assert item.shown(item.logged("left")) == "left"
        assert {item.logged("left"), item.logged("right")} == {"first", "second"}


def test_a_newer_run_takes_pairs_away_and_changes_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.desk._LOOK", 0.0)
    pairs = made_pairs(6)
    run = made_run(tmp_path, pairs)
    desk = Desk(run, ReviewDatabase(str(tmp_path / "r.sqlite")))
    before = {pair.id: desk.item(f"pair:taught:{pair.id}") for pair in pairs}
    replace_pairs(run, [replace(pairs[0], response="Other words."), *pairs[2:]])
    desk.refresh()
    changed, gone = before[pairs[0].id], before[pairs[1].id]
    assert changed
    assert gone
    with pytest.raises(DecisionError, match="stale"):
        desk.decide(Proposal(changed.item, "accept", changed.seen, 0), AKI)
    with pytest.raises(DecisionError, match="gone"):
        desk.decide(Proposal(gone.item, "accept", gone.seen, 0), AKI)
    assert desk.log.rows == []


@pytest.mark.parametrize(
    ("action", "text", "fault"),
    [
        ("maybe", "", "invalid"), ("left", "", "invalid"), ("edit", " \n", "empty"), ("edit", "a\0b", "invalid"),
        ("edit", "a\ud800", "invalid"), ("edit", "x" * 200_001, "invalid"), ("undo", "", "invalid"),
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused(opened: Open, action: str, text: str, fault: str):
    desk = opened()
    name = desk.assignment.next("random", "aki")
    assert name
    with pytest.raises(DecisionError, match=fault):
        decide(desk, name, AKI, action, text=text)
    assert desk.log.rows == []


def test_words_that_were_not_changed_are_an_acceptance(opened: Open):
    desk = opened()
    name = desk.assignment.next("random", "aki")
    assert name
    item = desk.item(name)
    assert item
    decide(desk, name, AKI, "edit", text=item.texts[0].replace("\n", "\r\n"))
    assert desk.log.rows[0].action == "accept"


def test_a_hundred_thousand_are_gone_through_quickly():
    rows = [SimpleNamespace(item=f"p{n}", reviewer=name) for n in range(99_990) for name in ("aki", "ben")]
    standing = {f"p{n}": {"aki": None, "ben": None} for n in range(99_990)}
    log, items = (
        SimpleNamespace(rows=rows, standing=standing),
        SimpleNamespace(orders={"random": [f"p{n}" for n in range(100_000)]}),
    )
    assignment = Assignment(items, log, ReviewSettings())  # type: ignore[arg-type]
    assert assignment.next("random", "aki") == "p99990"
    start = time.perf_counter()
    for n in range(100):  # each of them comes for the first time
        assert assignment.next("random", f"r{n}") is not None or n >= 9
        assert assignment.left("random", f"r{n}") == 10
    assert (time.perf_counter() - start) / 100 < 0.005


def test_what_is_left_is_counted_as_it_changes(opened: Open):
    desk = opened(30, review={"overlap": 2, "overlap_share": 0.5})
    source = random.Random(3)
    names = desk.assignment.items.orders["random"]
    for _ in range(150):
        reviewer = source.choice([AKI, BEN, LEA])
        standing = [row for rows in desk.log.standing.values() for who, row in rows.items() if who == reviewer.name]
        if standing and source.random() < 0.3:
            desk.undo(source.choice(standing).number, reviewer)
        else:
            decide(desk, source.choice(names), reviewer, source.choice(["accept", "reject"]))
        for queue, order in desk.assignment.items.orders.items():
            open_items = [name for name in order if len(desk.log.standing.get(name, ())) < desk.assignment.needed(name)]
            for who in ("aki", "ben", "lea", "new"):
                assert desk.assignment.left(queue, who) == sum(
                    who not in desk.log.standing.get(name, {}) for name in open_items
                )
