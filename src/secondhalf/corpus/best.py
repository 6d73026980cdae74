"""The best rows of a stream, by rank and by group, in memory that follows their number and not the stream's.

Rows are taken in turn from each group, in each by rank: the order is that of (place in its group / the group's weight,
rank), and the first `limit` are the best. It names no totals, so it has three properties that the tests hold: neither the
order of the stream nor its division matters; a larger limit contains the smaller one; and a row once passed over can
never come back, because rows yet to come only push it further down.
"""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row", bound=tuple[Any, ...])


@dataclass(slots=True)
class Entry(Generic[Row]):
    """A row that is held, and how often its rank was seen: equal ranks are equal texts."""

    row: Row
    copies: int = 1


class Best(Generic[Row]):
    """The best `limit` rows so far. Without groups every row's group is the same."""

    def __init__(self, limit: int, weights: dict[str, float] | None = None) -> None:
        self.limit, self.weights = limit, weights or {}
        self.held: dict[tuple[str, bytes], Entry[Row]] = {}
        # By group the rank from which on a row cannot be among the best.
        self.bounds: dict[str, bytes] = {}
        self._room = limit + max(limit // 4, 1000)

    def add(self, group: str, rank: bytes, row: Row, copies: int = 1) -> None:
        """Takes a row whose rank is below its group's bound. Of equal texts the row that sorts first stays."""
        old = self.held.get((group, rank))
        if old is not None:
            old.copies += copies
            old.row = min(old.row, row)
            return
        self.held[group, rank] = Entry(row, copies)
        if len(self.held) > self._room:
            self.prune()

    def merge(self, other: "Best[Row]") -> None:
        """Takes what another stream left."""
        for group, bound in other.bounds.items():
            self.bounds[group] = min(bound, self.bounds.get(group, bound))
        for (group, rank), entry in other.held.items():
            self.add(group, rank, entry.row, entry.copies)

    def prune(self) -> None:
        """Lets go of all but the best, and remembers where each group was cut."""
        groups: dict[str, list[bytes]] = {}
        for group, rank in self.held:
            groups.setdefault(group, []).append(rank)
        turns = [
            ((place + 1) / self.weights.get(group, 1), rank, group)
            for group, ranks in groups.items()
            for place, rank in enumerate(sorted(ranks))
        ]
        for _, rank, group in sorted(turns)[self.limit :]:
            del self.held[group, rank]
            self.bounds[group] = min(rank, self.bounds.get(group, rank))
