"""How far reviewers agree, from decisions in memory and in both databases."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.review.agreement import agreement_in, comparison_agreement, pair_agreement
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.log import ReviewDecision, ReviewLog
from secondhalf.statistics.krippendorff import krippendorff_alpha

ROW = ReviewDecision("aki", "reviewer", "pair", "pair:taught:p0", "taught", "p0", "accept", "seen")


def _decided(address: str, actions: Sequence[Sequence[str]], **fields: str) -> None:
    """Two reviewers' actions on pairs, one after the other."""
    database = ReviewDatabase(address)
    log = ReviewLog(database)
    for number, pair in enumerate(actions):
        for reviewer, action in zip(("aki", "ben"), pair, strict=False):
            row = replace(ROW, reviewer=reviewer, action=action, **fields)
            log.add(replace(row, item=f"{row.kind}:taught:p{number}"))
    database.close()


ACTIONS = [["accept", "edit"], ["reject", "reject"], ["accept", "reject"], ["accept", "accept"], ["accept"]]


def test_what_is_edited_is_kept_and_pairs_of_one_do_not_count(url: str):
    _decided(url, ACTIONS)
    wanted = krippendorff_alpha([["keep", "keep"], ["reject", "reject"], ["keep", "reject"], ["keep", "keep"]])
    assert agreement_in(url) == wanted
    assert wanted
    assert wanted.prompts == 4


def test_nothing_judged_by_two_is_none(url: str):
    _decided(url, [["accept"], ["reject"]])
    assert agreement_in(url) is None


def test_comparisons_are_apart(tmp_path: Path):
    address = str(tmp_path / "review.sqlite")
    _decided(address, [["first", "first"], ["second", "first"]], kind="comparison")
    database = ReviewDatabase(address)
    log = ReviewLog(database).snapshot()
    database.close()
    assert pair_agreement(log) is None
    assert comparison_agreement(log) == krippendorff_alpha([["first", "first"], ["second", "first"]])


def test_a_database_that_is_none_is_a_sentence(tmp_path: Path):
    path = tmp_path / "review.sqlite"
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(UserError, match="database"):
        agreement_in(str(path))
