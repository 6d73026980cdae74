"""What people decided about pairs, as a file that `secondhalf review RUN --export` wrote: JSON lines, a row a decision.

The rows are a log: a later one of the same reviewer on the same pair replaces the earlier, `undo` takes it back. What several
reviewers say comes to one outcome: a lead's word stands alone; else the majority's; a tie rejects, for only what is wanted is
trained on. A decision counts for the text that was judged, and for no other one.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.rows import Pair, Verdict, digest
from secondhalf.text import json_lines
from secondhalf.text.json_lines import describe_value

REVIEWS_FIELD = "audit.reviews"
REVIEW_CHECK = "review"
"""The check's name in the verdicts."""
PAIR_ACTIONS = ("accept", "edit", "reject")
_OTHER_KINDS = ("flagged", "comparison")  # what else a log holds decisions on
_ROLES = ("reviewer", "lead")
LIFTED = frozenset(
    ("empty", "refusal", "comment", "cut_end", "loops", "echo", "memorised", "language", "language_switch", "toxicity")
)
"""Checks of a reply's quality: a person who accepts the pair outweighs them, and no other check (instructions, evaluated prompts,
personal data, cut replies)."""


@dataclass(frozen=True, slots=True)
class StandingDecision:
    """A reviewer's decision on a pair that nothing has replaced. `number` orders the log."""

    number: int
    reviewer: str
    role: str
    action: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReviewOutcome:
    """What all decisions on one text come to. `text`: the reply as it was edited, for the action "edit"."""

    action: str
    text: str
    reason: str


Outcomes = Mapping[str, Mapping[str, ReviewOutcome]]
"""Pair id -> hash of the text that was judged (`judged_hash`) -> outcome."""


def judged_hash(prompt: str, response: str) -> str:
    """What stands for the text that a reviewer saw: 16 hex digits."""
    return digest(prompt, response, size=16)


def resolve_decisions(decisions: Sequence[StandingDecision]) -> ReviewOutcome:
    """The outcome of the decisions on one text, one a reviewer, at least one."""
    leads = [one for one in decisions if one.role == "lead"]
    counted = sorted(leads or decisions, key=lambda one: one.number)
    votes = Counter(one.action == "reject" for one in counted)
    if votes[True] >= votes[False]:
        return ReviewOutcome("reject", "", next(one.reason for one in reversed(counted) if one.action == "reject"))
    edits = [one for one in counted if one.action == "edit"]
    if edits:
        return ReviewOutcome("edit", edits[-1].text, edits[-1].reason)
    return ReviewOutcome("accept", "", "")


def load_reviews(path: Path) -> Outcomes:
    """The outcomes of a file's decisions on pairs. Raises UserError naming the line and the field."""
    standing: dict[tuple[str, str, str], tuple[str, StandingDecision]] = {}
    for location, row in json_lines.read(path, REVIEWS_FIELD):
        if (kind := row.get("kind", "pair")) != "pair":
            if kind not in _OTHER_KINDS:
                raise UserError(
                    f"{location}: kind is {describe_value(row, 'kind')}; write one of pair, {', '.join(_OTHER_KINDS)}."
                )
            continue
        texts = {name: json_lines.text(row, name, location) for name in ("id", "reviewer", "action")}
        # One pair can stand in several data sets, with a reply of another teacher in each.
        key = texts["id"], str(row.get("subject", "")), texts["reviewer"]
        if texts["action"] == "undo":
            standing.pop(key, None)
            continue
        seen = json_lines.text(row, "seen", location)
        standing[key] = seen, _decision(row, texts, location)
    by_text: dict[str, dict[str, list[StandingDecision]]] = {}
    for (id, _, _), (seen, decision) in standing.items():
        by_text.setdefault(id, {}).setdefault(seen, []).append(decision)
    return {
        id: {seen: resolve_decisions(decisions) for seen, decisions in texts.items()} for id, texts in by_text.items()
    }


def _decision(row: Mapping[str, object], texts: Mapping[str, str], location: str) -> StandingDecision:
    number, action = row.get("number"), texts["action"]
    if action not in PAIR_ACTIONS:
        raise UserError(f"{location}: the action is {action[:40]!r}; write one of {', '.join(PAIR_ACTIONS)}, undo.")
    if not isinstance(number, int) or isinstance(number, bool):
        raise UserError(
            f"{location}: number is {describe_value(dict(row), 'number')}; write a whole number, the row's place in the log."
        )
    for name in ("text", "reason"):
        if not isinstance(row.get(name, ""), str):
            raise UserError(f"{location}: {name} is {describe_value(dict(row), name)}; write a text.")
    if row.get("role", _ROLES[0]) not in _ROLES:
        raise UserError(f"{location}: role is {describe_value(dict(row), 'role')}; write one of {', '.join(_ROLES)}.")
    text = str(row.get("text", ""))
    if action == "edit" and not text.strip():
        raise UserError(f"{location}: an edit has no text; write the reply as it shall be, or reject the pair.")
    return StandingDecision(
        number, texts["reviewer"], str(row.get("role", _ROLES[0])), action, text, str(row.get("reason", ""))
    )


def outcomes_identity(outcomes: Outcomes) -> str:
    """The hash of what the decisions come to, for a stage's key: another reviewer who agrees makes nothing anew."""
    parts = [
        part
        for id, texts in sorted(outcomes.items())
        for seen, outcome in sorted(texts.items())
        for part in (id, seen, outcome.action, outcome.text, outcome.reason)
    ]
    return digest(*parts)


def outcome_of(pair: Pair, outcomes: Outcomes) -> ReviewOutcome | None:
    """What people decided about a pair with just this text; None where they did not."""
    return outcomes.get(pair.id, {}).get(judged_hash(pair.prompt, pair.response))


def as_edited(pairs: Iterable[Pair], outcomes: Outcomes) -> list[Pair]:
    """The pairs with people's own words where they edited the reply; such a reply is finished, of unknown length in tokens."""
    edited = []
    for pair in pairs:
        outcome = outcome_of(pair, outcomes)
        if outcome and outcome.action == "edit":
            pair = replace(pair, response=outcome.text, finish="stop", response_tokens=0)  # noqa: PLW2901
        edited.append(pair)
    return edited


def with_review(pair: Pair, verdicts: list[Verdict], outcomes: Outcomes) -> list[Verdict]:
    """A pair's verdicts with people's word on it: no check of quality refuses what they accepted. `pair`: as it was judged.

    Score of `review`: 1 accepted, 0.5 edited, 0 rejected. Where only another text of the pair was judged it passes, and says so.
    """
    if pair.id not in outcomes:
        return verdicts
    outcome = outcome_of(pair, outcomes)
    if outcome is None:
        return [*verdicts, Verdict(pair.id, REVIEW_CHECK, True, 0.0, "reviewed as another text")]
    if outcome.action == "reject":
        reason = "rejected in review" + (f": {outcome.reason}" if outcome.reason.strip() else "")
        return [Verdict(pair.id, REVIEW_CHECK, False, 0.0, reason), *verdicts]
    lifted = [
        replace(verdict, passed=True) if outcome.action == "accept" and verdict.check in LIFTED else verdict
        for verdict in verdicts
    ]
    score = 1.0 if outcome.action == "accept" else 0.5
    return [*lifted, Verdict(pair.id, REVIEW_CHECK, True, score, "edited in review" if score < 1 else "")]
