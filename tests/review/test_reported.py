"""What people decided, as the report has it: figures without names."""

from pathlib import Path

import pytest

from secondhalf.review.accounts import Reviewer
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import Desk, Proposal
from secondhalf.review.figures import review_figures
from secondhalf.review.reported import people_of
from support.review_runs import ARMS, made_pairs, made_run

AKI, BEN = Reviewer("aki", "reviewer", True), Reviewer("ben", "reviewer", True)


def _decide(desk: Desk, queue: str, actions: list[str], who: Reviewer) -> None:
    for name, action in zip(desk.assignment.items.orders[queue], actions, strict=False):
        item = desk.item(name)
        assert item
        desk.decide(Proposal(name, action, item.seen, 0), who)


def test_the_decisions_without_names(tmp_path: Path):
    run = made_run(
        tmp_path, made_pairs(12), answers=6, review={"compare": list(ARMS)}, evaluate={"limit": 6, "primary": "checks"}
    )
    desk = Desk(run, ReviewDatabase(str(tmp_path / "review.sqlite")))
    _decide(desk, "random", ["accept", "accept", "reject", "accept"], AKI)
    _decide(desk, "random", ["accept", "reject"], BEN)
    _decide(desk, "compare", ["left"] * 5, AKI)
    people, figures = people_of(desk), review_figures(desk.assignment, run.recipe.review)
    assert (people.decisions, people.reviewers, people.pairs) == (11, 2, 12)
    assert people.kept
    # Of two who differ a tie rejects: the second pair, and the third.
    assert (people.kept.count, people.kept.mean) == (4, 0.5)
    assert people.pair_agreement
    assert people.pair_agreement.count == 2
    assert people.answer_agreement is None
    [one], [said] = people.preferences, figures.preferences
    assert (one.prompts, one.arm, one.against) == ("everyday", *ARMS)
    assert (one.won, one.lost, one.ties) == (said.first, said.second, said.ties)
    assert one.won + one.lost == 5
    assert one.share and one.comparison and said.comparison  # noqa: PT018
    assert one.comparison.difference == pytest.approx(2 * one.share.mean - 1)
    assert (one.comparison.low, one.comparison.high) == (said.comparison.low, said.comparison.high)
    # One training seed shows nothing, whoever judges.
    assert one.comparison.uncovered
    assert "aki" not in people.model_dump_json()
