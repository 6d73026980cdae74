"""Who judges what next: the first item of a queue that still needs somebody, and that nobody else has before them.

What a reviewer has before them is kept for them for some minutes, in this process alone: where two processes share a database,
two people may come to judge one item, which is one judgement more and no harm.
"""

import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator

from secondhalf.recipe.review import ReviewSettings
from secondhalf.review.items import DISPUTED, ReviewItems
from secondhalf.review.log import ReviewDecision, ReviewLog
from secondhalf.rows import digester

_KEPT = 600.0  # seconds that an item is kept for who has it before them
_NOBODY: frozenset[str] = frozenset()


class Assignment:
    """What is left of every queue, for every reviewer. May be used from several threads."""

    def __init__(self, items: ReviewItems, log: ReviewLog, settings: ReviewSettings) -> None:
        self.items, self.log, self._settings = items, log, settings
        self._lock = threading.Lock()
        self._claims: dict[str, dict[str, float]] = {}
        self._starts: dict[tuple[str, str], int] = {}
        self._hash = digester("overlap", str(settings.seed), size=8)
        # Of items that somebody has before them: with 200 people each look for a next one passes them all.
        self._needed: dict[str, int] = {}
        self._queues: dict[str, list[str]] = {}
        for queue, order in items.orders.items():
            for item in order:
                self._queues.setdefault(item, []).append(queue)
        # How far the log is counted, who had judged what by then, and what of each queue is left: for all, and less for each.
        self._counted = 0
        self._judged: dict[str, frozenset[str]] = {}
        self._open = Counter({queue: len(order) for queue, order in items.orders.items()})
        self._done: Counter[tuple[str, str]] = Counter()

    def needed(self, item: str) -> int:
        """How many reviewers judge an item."""
        known = self._needed.get(item)
        if known is None:
            several = int(self._hash(item), 16) < self._settings.overlap_share * 16**8
            known = self._needed[item] = self._settings.overlap if several else 1
        return known

    def next(self, queue: str, reviewer: str, passed_over: Collection[str] = ()) -> str | None:
        """The item that a reviewer is to judge next, which is theirs from now on; None when nothing is left for them.

        `passed_over`: items that they have before them already.
        """
        with self._lock:
            self._count()
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
            self._count()
            if queue == DISPUTED:
                return sum(1 for _ in self._left(queue, reviewer))
            return self._open[queue] - self._done[queue, reviewer]

    def _count(self) -> None:
        """Takes in the rows of the log that came since: whose judgement an item has, and what is left by that."""
        rows = self.log.rows
        for place in range(self._counted, len(rows)):
            item = rows[place].item
            before, now = self._judged.get(item, _NOBODY), frozenset(self.log.standing.get(item, ()))
            if now == before:
                continue
            self._judged[item] = now
            if len(now) < len(before):  # it comes again
                self._starts.clear()
            needed = self.needed(item)
            for queue in self._queues.get(item, ()):
                for names, sign in ((before, -1), (now, 1)):
                    if len(names) >= needed:
                        self._open[queue] -= sign
                    else:
                        for name in names:
                            self._done[queue, name] += sign
        self._counted = len(rows)

    def _left(self, queue: str, reviewer: str) -> Iterator[str]:
        if queue == DISPUTED:
            yield from (item for item in self.disputed() if reviewer not in self._judged.get(item, _NOBODY))
            return
        order = self.items.orders.get(queue, [])
        # What is over for everybody is passed over once, and then what is over for this reviewer.
        self._pass_over(queue, "", order, 0)
        start = self._pass_over(queue, reviewer, order, self._starts[queue, ""])
        yield from (order[place] for place in range(start, len(order)) if not self._is_over(order[place], reviewer))

    def _pass_over(self, queue: str, reviewer: str, order: list[str], least: int) -> int:
        place = max(self._starts.get((queue, reviewer), 0), least)
        while place < len(order) and self._is_over(order[place], reviewer):
            place += 1
        self._starts[queue, reviewer] = place
        return place

    def _is_over(self, item: str, reviewer: str) -> bool:
        """Whether a reviewer has nothing to do with an item: they have judged it, or enough others have."""
        judged = self._judged.get(item)
        return judged is not None and len(judged) > 0 and (reviewer in judged or len(judged) >= self.needed(item))

    def _is_free(self, item: str, queue: str, reviewer: str, now: float) -> bool:
        claims = self._claims.get(item)
        if not claims:
            return True
        for other in [name for name, ends in claims.items() if ends < now]:
            del claims[other]
        others = len(claims) - (reviewer in claims)
        if queue == DISPUTED:
            return not others
        return others + len(self._judged.get(item, ())) < self.needed(item)

    def disputed(self) -> list[str]:
        """The items of which some say that they are good as they stand or edited and some not, and no lead has spoken."""
        standing = list(self.log.standing.items())  # a copy: rows may be taken in meanwhile
        return sorted(item for item, rows in standing if len(rows) > 1 and is_disputed(list(rows.values())))


def is_disputed(standing: Collection[ReviewDecision]) -> bool:
    """Whether reviewers disagree on an item, and no lead has spoken."""
    if len(standing) < 2 or any(one.role == "lead" for one in standing):
        return False
    return len({"keep" if one.action in {"accept", "edit"} else one.action for one in standing}) > 1
