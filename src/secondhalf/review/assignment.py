"""Who judges what next: the first item of a queue that still needs somebody, and that nobody else has before them.

What a reviewer has before them is kept for them for some minutes, in this process alone: where two processes share a database,
two people may come to judge one item, which is one judgement more and no harm.
"""

import threading
import time
from collections.abc import Collection, Iterator

from secondhalf.recipe.review import ReviewSettings
from secondhalf.review.items import DISPUTED, ReviewItems
from secondhalf.review.log import ReviewDecision, ReviewLog
from secondhalf.rows import digester

_KEPT = 600.0  # seconds that an item is kept for who has it before them


class Assignment:
    """What is left of every queue, for every reviewer. May be used from several threads."""

    def __init__(self, items: ReviewItems, log: ReviewLog, settings: ReviewSettings) -> None:
        self.items, self.log, self._settings = items, log, settings
        self._lock = threading.Lock()
        self._claims: dict[str, dict[str, float]] = {}
        self._starts: dict[tuple[str, str], int] = {}
        self._undone = log.undone
        self._hash = digester("overlap", str(settings.seed), size=8)

    def needed(self, item: str) -> int:
        """How many reviewers judge an item."""
        several = int(self._hash(item), 16) < self._settings.overlap_share * 16**8
        return self._settings.overlap if several else 1

    def next(self, queue: str, reviewer: str, passed_over: Collection[str] = ()) -> str | None:
        """The item that a reviewer is to judge next, which is theirs from now on; None when nothing is left for them.

        `passed_over`: items that they have before them already.
        """
        with self._lock:
            if self.log.undone != self._undone:  # items come back
                self._undone = self.log.undone
                self._starts.clear()
            now = time.monotonic()
            for item in self._left(queue, reviewer):
                if item not in passed_over and self._is_free(item, queue, reviewer, now):
                    self._claims.setdefault(item, {})[reviewer] = now + _KEPT
                    return item
        return None

    def release(self, item: str, reviewer: str) -> None:
        """An item that was judged is before that reviewer no more."""
        with self._lock:
            claims = self._claims.get(item, {})
            claims.pop(reviewer, None)
            if not claims:
                self._claims.pop(item, None)

    def left(self, queue: str, reviewer: str) -> int:
        """How many items of a queue a reviewer could still judge."""
        with self._lock:
            return sum(1 for _ in self._left(queue, reviewer))

    def _left(self, queue: str, reviewer: str) -> Iterator[str]:
        order = self.disputed() if queue == DISPUTED else self.items.orders.get(queue, [])
        key = queue, reviewer
        start = 0 if queue == DISPUTED else self._starts.get(key, 0)
        unbroken = queue != DISPUTED
        for place in range(start, len(order)):
            if self._is_over(order[place], queue, reviewer):
                if unbroken:
                    self._starts[key] = place + 1
                continue
            unbroken = False
            yield order[place]

    def _is_over(self, item: str, queue: str, reviewer: str) -> bool:
        """Whether a reviewer has nothing to do with an item: they have judged it, or enough others have."""
        standing = self.log.standing.get(item)
        if not standing:
            return False
        if reviewer in standing:
            return True
        return queue != DISPUTED and len(standing) >= self.needed(item)

    def _is_free(self, item: str, queue: str, reviewer: str, now: float) -> bool:
        claims = self._claims.get(item)
        if not claims:
            return True
        for other in [name for name, ends in claims.items() if ends < now]:
            del claims[other]
        others = len(claims) - (reviewer in claims)
        standing = 0 if queue == DISPUTED else len(self.log.standing.get(item, ()))
        return others + standing < (1 if queue == DISPUTED else self.needed(item))

    def disputed(self) -> list[str]:
        """The items of which some say that they are good as they stand or edited and some not, and no lead has spoken."""
        return sorted(item for item, standing in self.log.standing.items() if is_disputed(standing.values()))


def is_disputed(standing: Collection[ReviewDecision]) -> bool:
    """Whether reviewers disagree on an item, and no lead has spoken."""
    if len(standing) < 2 or any(one.role == "lead" for one in standing):
        return False
    return len({"keep" if one.action in {"accept", "edit"} else one.action for one in standing}) > 1
