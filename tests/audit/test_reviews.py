"""What people's decisions on pairs come to, and what the audit makes of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondhalf.audit.overlap import OverlapIndex
from secondhalf.audit.reviews import judged_hash, load_reviews, outcomes_identity
from secondhalf.audit.stage import AuditSettings, audit_pairs
from secondhalf.errors import UserError
from secondhalf.rows import Pair, from_table, to_table

GOOD = "It was built in the spring, and the people of the town walked over it every day."
PAIRS = [
    Pair("p1", "d1", "words", "en", "The old bridge over the river", "", GOOD, "dummy", "stop", 6, 17),
    Pair("p2", "d2", "words", "en", "A second bridge", "", GOOD, "dummy", "stop", 3, 17),
    Pair("p3", "d3", "words", "en", "A third bridge", "", "Short.", "dummy", "stop", 3, 2),
]
BY_ID = {pair.id: pair for pair in PAIRS}


def decision(number: int, item: str, action: str, reviewer: str = "aki", **more: Any) -> dict[str, Any]:
    pair = BY_ID[item]
    seen = judged_hash(pair.prompt, pair.response)
    return {"number": number, "kind": "pair", "id": item, "reviewer": reviewer, "role": "reviewer", "action": action, "text": "", "reason": "", "seen": seen} | more  # fmt: skip


def written(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def audited(path: Path, **settings: Any) -> tuple[dict[str, Pair], dict[str, str], dict[str, list[Any]]]:
    """The accepted pairs by id, the refused ones' reasons, and the verdicts named review."""
    accepted, rejects, verdicts = audit_pairs(
        to_table(Pair, PAIRS), AuditSettings(**settings), OverlapIndex([]), reviews=load_reviews(path)
    )
    reviewed = {row["id"]: [row["passed"], row["score"], row["reason"]] for row in verdicts.to_pylist() if row["check"] == "review"}  # fmt: skip
    return (
        {pair.id: pair for pair in from_table(Pair, accepted)},
        {row["id"]: row["reason"] for row in rejects.to_pylist()},
        reviewed,
    )


def test_accepted_edited_and_rejected(tmp_path: Path):
    path = written(
        tmp_path / "reviews.jsonl",
        decision(1, "p1", "reject", reason="about another bridge"),
        decision(2, "p2", "edit", text="It stands a mile further down, and it is made of stone and iron."),
        decision(3, "p3", "accept"),
    )
    accepted, rejects, reviewed = audited(path)
    assert rejects == {"p1": "rejected in review: about another bridge"}
    assert accepted["p2"].response == "It stands a mile further down, and it is made of stone and iron."
    assert (accepted["p2"].finish, accepted["p2"].response_tokens) == ("stop", 0)
    assert accepted["p3"] == BY_ID["p3"]  # too short for the check `empty`, which a person outweighs
    assert reviewed == {
        "p1": [False, 0.0, rejects["p1"]],
        "p2": [True, 0.5, "edited in review"],
        "p3": [True, 1.0, ""],
    }


def test_edits_are_checked_and_purity_is_nobodys_to_lift(tmp_path: Path):
    request = (
        "Please write a short poem about the sea for me.\n\nSure! Here is a poem about the sea that you asked for."
    )
    path = written(tmp_path / "reviews.jsonl", decision(1, "p2", "edit", text=request), decision(2, "p1", "accept"))
    _, rejects, _ = audited(path)
    assert rejects["p2"].startswith("instruction-like")


def test_undone_replaced_and_another_text(tmp_path: Path):
    path = written(
        tmp_path / "reviews.jsonl",
        decision(1, "p1", "reject"),
        decision(2, "p1", "undo"),
        decision(3, "p2", "reject"),
        decision(4, "p2", "accept"),
        decision(5, "p3", "accept", seen="0123456789abcdef"),
    )
    accepted, rejects, reviewed = audited(path)
    assert set(accepted) == {"p1", "p2"}
    assert set(rejects) == {"p3"}
    assert reviewed == {"p2": [True, 1.0, ""], "p3": [True, 0.0, "reviewed as another text"]}


@pytest.mark.parametrize(
    ("votes", "action"),
    [
        ([("a", "reviewer", "accept"), ("b", "reviewer", "reject")], "reject"),
        ([("a", "reviewer", "accept"), ("b", "reviewer", "reject"), ("c", "reviewer", "accept")], "accept"),
        ([("a", "reviewer", "reject"), ("b", "reviewer", "reject"), ("c", "lead", "accept")], "accept"),
        ([("a", "reviewer", "accept"), ("b", "reviewer", "edit")], "edit"),
    ],
)
def test_several_reviewers(tmp_path: Path, votes: list[tuple[str, str, str]], action: str):
    rows = [
        decision(number, "p1", one, reviewer, role=role, text="Other words." if one == "edit" else "")
        for number, (reviewer, role, one) in enumerate(votes, 1)
    ]
    (outcome,) = load_reviews(written(tmp_path / "r.jsonl", *rows))["p1"].values()
    assert outcome.action == action


def test_who_agrees_changes_no_key(tmp_path: Path):
    one = load_reviews(written(tmp_path / "a", decision(1, "p1", "accept")))
    two = load_reviews(written(tmp_path / "b", decision(1, "p1", "accept"), decision(2, "p1", "accept", "ben")))
    other = load_reviews(written(tmp_path / "c", decision(1, "p1", "reject")))
    assert outcomes_identity(one) == outcomes_identity(two) != outcomes_identity(other)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"action": "maybe"}, "the action is 'maybe'; write one of accept, edit, reject, undo"),
        ({"action": "edit"}, "an edit has no text"),
        ({"number": "one"}, "number is 'one'"),
        ({"seen": None}, "seen is None"),
        ({"text": 5}, "text is 5"),
        ({"role": "Lead"}, "role is 'Lead'; write one of reviewer, lead"),
        ({"role": ["lead"]}, "role is ['lead']"),
        ({"kind": "pairs"}, "kind is 'pairs'; write one of pair, flagged, comparison"),
        ({"kind": None}, "kind is None"),
    ],
)
def test_a_faulty_row_is_named(tmp_path: Path, change: dict[str, Any], sentence: str):
    path = written(tmp_path / "r.jsonl", decision(1, "p1", "accept"), decision(2, "p2", "accept") | change)
    with pytest.raises(UserError, match="line 2") as caught:
        load_reviews(path)
    assert sentence in str(caught.value)


def test_decisions_on_other_things_are_passed_over(tmp_path: Path):
    others = (
        {"id": "f1", "kind": "flagged", "action": "reject"},
        {"id": "c1", "kind": "comparison", "action": "first"},
    )
    assert list(load_reviews(written(tmp_path / "r.jsonl", decision(1, "p1", "accept"), *others))) == ["p1"]
