"""A decision as another tool's file has it, before it is known what it is about."""

from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.review.desk import Desk
from secondhalf.review.items import ACTIONS
from secondhalf.review.log import ReviewDecision
from secondhalf.text.normal_form import normal_form


@dataclass(frozen=True, slots=True)
class ForeignDecision:
    """Who decided what, when they did ("": not told), and where that stands. `action` as pages have it."""

    location: str
    item: str
    reviewer: str
    action: str
    text: str
    reason: str
    seen: str
    time: str = ""


def resolved(desk: Desk, decision: ForeignDecision, source: str) -> ReviewDecision:
    """It as a row of the log. Raises UserError for an item that the run does not have, and for what is no decision on it."""
    item = desk.item(decision.item)
    if item is None:
        raise UserError(f"{decision.location}: {desk.run.folder.name} has no item {decision.item[:80]}.")
    if decision.seen and decision.seen != item.seen:
        raise UserError(f"{decision.location}: {decision.item[:80]} has another text in {desk.run.folder.name} by now.")
    action = item.logged(decision.action)
    text = decision.text.replace("\r\n", "\n") if action == "edit" else ""
    if action not in ACTIONS[item.kind] or (action == "edit" and not text.strip()):
        raise UserError(f"{decision.location}: {decision.action[:40]!r} is no decision on a {item.kind}.")
    if not decision.reviewer.strip():
        raise UserError(
            f"{decision.location}: a decision on {decision.item[:80]} names nobody: export it with the annotators."
        )
    if "\0" in text + decision.reason + decision.reviewer + decision.time:
        raise UserError(f"{decision.location}: a text holds a NUL; take it out.")
    return ReviewDecision(
        known_name(decision.reviewer), "reviewer", item.kind, item.item, item.subject, item.id, action, item.seen, text,
        decision.reason.strip(), "import", source=source, time=decision.time,
    )  # fmt: skip


def known_name(reviewer: str) -> str:
    """A reviewer's name as accounts have it: written in two forms of Unicode, one person would agree with themself."""
    return normal_form("NFC", reviewer.strip())


def as_text(value: object, what: str, location: str) -> str:
    """A text of a foreign file. Raises UserError for anything else."""
    if not isinstance(value, str):
        raise UserError(f"{location}: {what} is no text.")
    return value
