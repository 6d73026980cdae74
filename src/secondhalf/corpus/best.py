"""The best rows of a stream, by rank and by group, in memory that follows their number and not the stream's.

Rows are chosen in turn from each group, in each by rank: the order is that of (index in its group / the group's weight,
rank), and the first `limit` are the best. It needs no totals, so it has three properties that the tests hold: neither the
order of the stream nor its division matters; a larger limit contains the smaller one; and a row once passed over can
never come back, because rows yet to come only push it further down.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

Ranked = TypeVar("Ranked", bound=tuple[object, ...])


@dataclass(slots=True)
class RankedRow(Generic[Ranked]):
    """A row among the best, and how often its rank was seen: equal ranks are equal texts."""

    row: Ranked
    copies: int = 1


class BestRows(Generic[Ranked]):
    """The best `limit` rows so far. `weights`: each group's share of the turns (default 1)."""

    def __init__(self, limit: int, weights: dict[str, float] | None = None) -> None:
        self.limit, self.weights = limit, weights or {}
        self.rows: dict[tuple[str, bytes], RankedRow[Ranked]] = {}
        # By group the rank from which on a row cannot be among the best.
        self.bounds: dict[str, bytes] = {}
        self._capacity = limit + max(limit // 4, 1000)

    def add(self, group: str, rank: bytes, row: Ranked, copies: int = 1) -> None:
        """Adds a row whose rank is below its group's bound. Of equal texts the row that sorts first stays."""
        existing = self.rows.get((group, rank))
        if existing is not None:
            existing.copies += copies
            existing.row = min(existing.row, row)
            return
        self.rows[group, rank] = RankedRow(row, copies)
        if len(self.rows) > self._capacity:
            self.prune()

    def merge(self, other: "BestRows[Ranked]") -> None:
        """Adds the best rows of another stream."""
        for group, bound in other.bounds.items():
            self.bounds[group] = min(bound, self.bounds.get(group, bound))
        for (group, rank), ranked in other.rows.items():
            self.add(group, rank, ranked.row, ranked.copies)

    def prune(self) -> None:
        """Drops all but the best, and remembers where each group was cut."""
        groups: dict[str, list[bytes]] = {}
        for group, rank in self.rows:
            groups.setdefault(group, []).append(rank)
        turns = [
            ((index + 1) / self.weights.get(group, 1), rank, group)
            for group, ranks in groups.items()
            for index, rank in enumerate(sorted(ranks))
        ]
        for _, rank, group in sorted(turns)[self.limit :]:
            del self.rows[group, rank]
            self.bounds[group] = min(rank, self.bounds.get(group, rank))
