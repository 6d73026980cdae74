"""Decisions as preferences: `prompt`, `chosen` and `rejected`, as TRL's trainers and ours read them.

An edit prefers the person's words to what stood there; a comparison the answer that won, by the majority of those who judged it.
Ties, and what nobody edited, say nothing.
"""

from collections import Counter
from collections.abc import Collection

from secondhalf.audit.reviews import StandingDecision, resolve_decisions
from secondhalf.review.desk import Desk
from secondhalf.review.items import ReviewItem
from secondhalf.review.log import ReviewDecision
from secondhalf.review.preference_figures import counted_votes


def preferences(desk: Desk) -> list[dict[str, str]]:
    """One row for each item that people's decisions prefer a text of, in the items' order."""
    rows = []
    for name, standing in sorted(desk.log.standing.items()):
        item = desk.item(name)
        counted = [one for one in standing.values() if item and one.seen == item.seen]
        if item is None or not counted:
            continue
        preferred = (
            _of_comparison(item, counted_votes(item, standing))
            if item.kind == "comparison"
            else _of_edit(item, counted)
        )
        if preferred and preferred[0] != preferred[1]:
            rows.append({
                "id": item.id, "kind": item.kind, "prompt": item.prompt, "chosen": preferred[0], "rejected": preferred[1],
            })  # fmt: skip
    return rows


def _of_edit(item: ReviewItem, standing: list[ReviewDecision]) -> tuple[str, str] | None:
    outcome = resolve_decisions(
        [StandingDecision(one.number, one.reviewer, one.role, one.action, one.text, one.reason) for one in standing]
    )
    return (outcome.text, item.texts[0]) if outcome.action == "edit" else None


def _of_comparison(item: ReviewItem, standing: Collection[ReviewDecision]) -> tuple[str, str] | None:
    votes = Counter(item.shown(one.action) for one in standing)
    if votes["left"] == votes["right"]:
        return None
    left, right = item.texts
    return (left, right) if votes["left"] > votes["right"] else (right, left)
