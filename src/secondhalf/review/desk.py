"""A run on the reviewers' desk: its items, the log of decisions, and the two rules between them: a decision is on a text that is
still there, and it comes after the reviewer's last one.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from secondhalf.api import find_run
from secondhalf.errors import UserError
from secondhalf.review.accounts import Reviewer
from secondhalf.review.assignment import Assignment
from secondhalf.review.comparisons import comparison_items
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.figures import ReviewFigures, SampleFigure, review_figures, sample_figure
from secondhalf.review.flagged import FlaggedItems, flags_state
from secondhalf.review.items import ACTIONS, ItemSource, ReviewItem, ReviewItems
from secondhalf.review.log import UNDO, ReplacedError, ReviewDecision, ReviewLog
from secondhalf.review.pairs import pair_items
from secondhalf.runs import Run
from secondhalf.runs.links import links_file

MOST_CHARACTERS = 200_000
"""The longest text that a decision may bring."""
_LOOK = 2.0  # seconds between two looks at whether the run changed
_REST = 3  # times as long as counting all figures took, they are not counted anew
_FOLLOW = 0.2  # seconds between two looks at what other processes decided


class DecisionError(Exception):
    """A decision that cannot be kept. `fault`: gone, stale, replaced, invalid; `last`: the reviewer's last row on the item."""

    def __init__(self, fault: str, last: ReviewDecision | None = None) -> None:
        super().__init__(fault)
        self.fault, self.last = fault, last


@dataclass(frozen=True, slots=True)
class Proposal:
    """A decision as a page or a client sends it: `action` as the page has it, `replaces` the number that it had before it."""

    item: str
    action: str
    seen: str
    replaces: int
    text: str = ""
    reason: str = ""
    queue: str = ""


class Desk:
    """What a server works with. May be used from several threads."""

    def __init__(self, run: Run, database: ReviewDatabase, data: Sequence[str] = ()) -> None:
        """Raises UserError where the run has nothing to review."""
        self.run, self.database, self._data = run, database, tuple(data)
        self.log = ReviewLog(database)
        self._lock, self._looked = threading.Lock(), time.monotonic()
        self._followed = self._looked
        self._sample: tuple[SampleFigure, float] | None = None
        self._figures: tuple[ReviewFigures, float] | None = None
        self._counting = threading.Lock()
        self._state = self._on_disk()
        self._of_run: list[ItemSource] = []
        self.assignment = Assignment(self._items(anew=True), self.log, run.recipe.review)

    @property
    def _flags(self) -> Path:
        return self.run.folder / "serve" / "serve.sqlite"

    def _on_disk(self) -> tuple[object, object]:
        """What tells a newer run, and what new flags."""
        status = links_file(self.run.folder).stat()
        return (status.st_mtime_ns, status.st_ino), flags_state(self._flags)

    def _items(self, *, anew: bool) -> ReviewItems:
        """`anew`: the run's own too; where flags alone came, which an endpoint may give every second, they stay as they are."""
        of_run: list[ItemSource] = self._of_run
        if anew:
            of_run = [*pair_items(self.run, self._data), *comparison_items(self.run)]
        items = ReviewItems([*of_run, FlaggedItems(self._flags)] if self._flags.is_file() else of_run)
        if not any(items.orders.values()):
            raise UserError(f"{self.run.folder.name} has nothing to review yet: `secondhalf audit RECIPE` makes pairs.")
        self._of_run = of_run
        return items

    def refresh(self) -> None:
        """Takes in what others decided, and the run's items anew where a newer run, or the endpoint, changed them.

        Raises ReviewDatabaseError. Where another thread is at it, or a row is being written, nobody waits for that.
        """
        if not self._lock.acquire(blocking=False):
            return
        try:
            moment = time.monotonic()
            if moment - self._followed >= _FOLLOW:
                self._followed = moment
                self.log.follow(wait=False)
            if moment - self._looked < _LOOK:
                return
            self._looked = moment
            try:
                state = self._on_disk()
                if state == self._state:
                    return
                anew, before = state[0] != self._state[0], self.run
                if anew:
                    self.run = find_run(self.run.folder, store=self.run.store.root)
                try:
                    items = self._items(anew=anew)
                except UserError:
                    self.run = before
                    raise
            except (OSError, UserError):
                return  # it is being made: what was there before stays on the desk until it is whole
            self._state = state
            self.assignment = Assignment(items, self.log, self.run.recipe.review)
        finally:
            self._lock.release()

    def sample(self) -> SampleFigure:
        """What the random sample says; counted anew every few seconds, for it looks at all of it."""
        kept, moment = self._sample, time.monotonic()
        if kept is None or kept[1] < moment:
            order = self.assignment.items.orders.get("random", [])
            kept = sample_figure(self.log.snapshot(), order, self.run.recipe.review), moment + _LOOK
            self._sample = kept
        return kept[0]

    def figures(self) -> ReviewFigures:
        """What all decisions come to. Of many it takes seconds, in which nobody else who asks counts them too: those of before
        stand a while."""
        kept = self._figures
        if kept and (kept[1] > time.monotonic() or self._counting.locked()):
            return kept[0]
        with self._counting:
            begun = time.monotonic()
            if self._figures is None or self._figures[1] < begun:
                figures = review_figures(self.assignment, self.run.recipe.review)
                now = time.monotonic()
                self._figures = figures, now + _REST * (now - begun)
            return self._figures[0]

    def item(self, name: str) -> ReviewItem | None:
        """The item of that name; None where the run has none such, or no more."""
        return self.assignment.items.item(name)

    def decide(self, proposal: Proposal, reviewer: Reviewer) -> ReviewDecision:
        """Keeps a decision. Raises DecisionError, and ReviewDatabaseError."""
        item = self.item(proposal.item)
        if item is None:
            raise DecisionError("gone")
        action = item.logged(proposal.action)
        text = proposal.text.replace("\r\n", "\n") if action == "edit" else ""
        if action not in ACTIONS[item.kind] or not _is_text(text + proposal.reason):
            raise DecisionError("invalid")
        if proposal.seen != item.seen:
            raise DecisionError("stale")
        if action == "edit" and not text.strip():
            raise DecisionError("empty")
        if action == "edit" and text == item.texts[0].replace("\r\n", "\n"):
            action, text = "accept", ""  # nothing was changed
        decision = ReviewDecision(
            reviewer.name, reviewer.role, item.kind, item.item, item.subject, item.id, action, item.seen, text,
            proposal.reason.replace("\r\n", "\n").strip(), proposal.queue, proposal.replaces,
        )  # fmt: skip
        return self._added(decision)

    def undo(self, number: int, reviewer: Reviewer) -> ReviewDecision:
        """Takes a reviewer's decision back, by its number. Raises DecisionError for one that is not their last on its item."""
        mine = next((row for row in reversed(self.log.of_reviewer(reviewer.name)) if row.number == number), None)
        if mine is None or mine.action == UNDO:
            raise DecisionError("invalid")
        row = replace(mine, action=UNDO, text="", reason="", replaces=number, role=reviewer.role, source="page")
        return self._added(row)

    def _added(self, decision: ReviewDecision) -> ReviewDecision:
        try:
            kept = self.log.add(decision)
        except ReplacedError as error:
            raise DecisionError("replaced", error.last) from error
        self.assignment.release(decision.item, decision.reviewer)
        return kept


def _is_text(text: str) -> bool:
    """Whether a text can be kept: no NUL, which PostgreSQL refuses, no half character, and not endless."""
    if len(text) > MOST_CHARACTERS or "\0" in text:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in text)
