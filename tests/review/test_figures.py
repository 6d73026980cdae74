"""What decisions come to: the sample's share and when it is enough, preferences, agreement, pace."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from secondhalf.recipe.review import ReviewSettings
from secondhalf.review.accounts import Reviewer
from secondhalf.review.assignment import Assignment
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import Desk, Proposal
from secondhalf.review.figures import ReviewFigures, _pace, review_figures, sample_figure
from secondhalf.review.log import LogSnapshot, ReviewDecision
from secondhalf.statistics.selection import wilson
from support.review_runs import made_pairs, made_run

ROW = ReviewDecision("aki", "reviewer", "pair", "p0", "taught", "p0", "accept", "s", time="2026-01-01T00:00:00+00:00")


def log_of(*rows: ReviewDecision) -> Any:
    """A log in memory."""
    standing: dict[str, dict[str, ReviewDecision]] = {}
    for number, row in enumerate(rows, 1):
        if row.action == "undo":
            standing.get(row.item, {}).pop(row.reviewer, None)
        else:
            standing.setdefault(row.item, {})[row.reviewer] = replace(row, number=number)
    return LogSnapshot(standing, list(rows))


def test_the_sample_ends_at_its_first_gap():
    order = [f"p{n}" for n in range(10)]
    actions = ["accept", "edit", "reject", "accept", None, "accept", "accept"]
    log = log_of(*(replace(ROW, item=f"p{n}", action=action) for n, action in enumerate(actions) if action))
    figure = sample_figure(log, order, ReviewSettings(least=1))
    assert (figure.kept, figure.edited, figure.judged, figure.total) == (3, 1, 4, 10)
    assert (figure.low, figure.high) == wilson(3, 4)
    assert not figure.enough


def test_enough_is_as_narrow_as_wanted_or_everything():
    rows = [replace(ROW, item=f"p{n}", action="reject" if n % 10 == 0 else "accept") for n in range(150)]
    order = [f"p{n}" for n in range(200)]
    assert sample_figure(log_of(*rows), order, ReviewSettings(width=0.1)).enough
    assert not sample_figure(log_of(*rows), order, ReviewSettings(width=0.05)).enough
    assert not sample_figure(log_of(*rows[:20]), order, ReviewSettings(width=0.9, least=50)).enough
    assert sample_figure(log_of(*rows[:20]), order[:20], ReviewSettings(width=0.01)).enough


def test_stopping_at_the_width_keeps_the_intervals_promise():
    """To look after every decision and stop at a width is a sequential rule: how often its interval holds the truth is simulated."""
    source, held = random.Random(1), 0
    for _ in range(400):
        kept = n = 0
        while True:
            n += 1
            kept += source.random() < 0.85
            low, high = wilson(kept, n)
            if n >= 50 and high - low <= 0.1:
                break
        held += low <= 0.85 <= high
    assert held / 400 > 0.92


def test_several_reviewers_count_as_their_outcome():
    log = log_of(
        ROW, replace(ROW, reviewer="ben", action="reject"), replace(ROW, reviewer="lea", role="lead", action="accept")
    )
    assert sample_figure(log, ["p0"], ReviewSettings()).kept == 1


def test_pace_leaves_out_pauses_and_imports():
    seconds = [0, 4, 9, 2000, 2006]
    rows = [
        replace(ROW, item=f"p{n}", time=f"2026-01-01T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}+00:00")
        for n, s in enumerate(seconds)
    ]
    rows += [replace(ROW, item="x", source="import", time="2026-01-01T00:00:01+00:00")]
    (figure,) = _pace(log_of(*rows))
    assert figure.seconds == 5
    assert (figure.decisions, figure.undone, figure.kept) == (6, 0, 1.0)


def test_agreement_of_kept_and_rejected():
    rows = [
        replace(ROW, item=f"p{n}", reviewer=name, action=action)
        for n, pair in enumerate([("accept", "edit"), ("reject", "reject"), ("accept", "accept"), ("reject", "accept")])
        for name, action in zip(("aki", "ben"), pair, strict=True)
    ]
    assignment = SimpleNamespace(
        log=SimpleNamespace(snapshot=lambda: log_of(*rows)),
        items=SimpleNamespace(orders={}, sources=[]),
        disputed=lambda: ["p3"],
    )
    figures = review_figures(assignment, ReviewSettings())  # type: ignore[arg-type]
    assert figures.agreement
    assert figures.agreement.mean == pytest.approx(1 - (2 / 8) / (2 * 5 * 3 / (8 * 7)))
    assert figures.disputed == 1


def test_many_who_ask_count_the_figures_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    desk = Desk(made_run(tmp_path, made_pairs(20)), ReviewDatabase(str(tmp_path / "review.sqlite")))
    counted: list[int] = []
    begun, over = threading.Event(), threading.Event()
    over.set()

    def slowly(assignment: Assignment, settings: ReviewSettings) -> ReviewFigures:
        counted.append(len(assignment.log.rows))
        begun.set()
        over.wait(60)
        return review_figures(assignment, settings)

    monkeypatch.setattr("secondhalf.review.desk.review_figures", slowly)
    monkeypatch.setattr("secondhalf.review.desk._REST", 1e9)
    with ThreadPoolExecutor(8) as pool:
        assert len({id(one) for one in pool.map(lambda _: desk.figures(), range(40))}) == 1
    assert counted == [0]
    item = desk.item(desk.assignment.items.orders["random"][0])
    assert item
    desk.decide(Proposal(item.item, "accept", item.seen, 0), Reviewer("aki", "reviewer", True))
    desk._figures = desk.figures(), 0.0  # they have stood long enough
    begun.clear()
    over.clear()
    with ThreadPoolExecutor(1) as pool:
        new = pool.submit(desk.figures)
        assert begun.wait(60)
        assert desk.figures().sample.judged == 0  # who asks meanwhile gets those of before
        over.set()
        assert new.result(60).sample.judged == 1
    assert counted == [0, 1]
    assert desk.figures().sample.judged == 1
