"""The best rows of a stream, by rank and by group, in memory that follows their number and not the stream's.

Rows are chosen in turn from each group, in each by rank: the order is that of (index in its group / the group's weight,
rank), and the first `limit` are the best. It needs no totals, so it has three properties that the tests hold: neither the
order of the stream nor its division matters; a larger limit contains the smaller one; and a row once passed over can
never come back, because rows yet to come only push it further down.
"""

from collections import Counter
from collections.abc import Iterator
from heapq import merge
from itertools import islice
from typing import Any, Generic, TypeVar

Ranked = TypeVar("Ranked", bound=tuple[object, ...])
Key = tuple[str, bytes]
"""A row's group and its rank; equal ranks are equal texts."""


class BestRows(Generic[Ranked]):
    """The best `limit` rows so far. `weights`: each group's share of the turns (default 1)."""

    def __init__(self, limit: int, weights: dict[str, float] | None = None) -> None:
        self.limit, self.weights = limit, weights or {}
        # A dictionary a group, and no record around a row: of a million small rows half the memory would be wrapping.
        self.groups: dict[str, dict[bytes, Any]] = {}
        self.repeats: Counter[Key] = Counter()
        """How often a kept rank was seen again."""
        # By group the rank from which on a row cannot be among the best.
        self.bounds: dict[str, bytes] = {}
        self._capacity = limit + max(limit // 4, 1000)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Key]:
        """The group and the rank of every row, in no order."""
        return ((group, rank) for group, rows in self.groups.items() for rank in rows)

    def rows(self) -> Iterator[Ranked]:
        """Every row, in no order."""
        return (self._row(kept) for rows in self.groups.values() for kept in rows.values())

    def row(self, group: str, rank: bytes) -> Ranked:
        """One row."""
        return self._row(self.groups[group][rank])

    def add(self, group: str, rank: bytes, row: Ranked, copies: int = 1) -> None:
        """Adds a row whose rank is below its group's bound. Of equal texts the row that sorts first stays."""
        rows = self.groups.setdefault(group, {})
        if rank in rows:
            self.repeats[group, rank] += copies
            if row < self._row(rows[rank]):
                rows[rank] = self._kept(row)
            return
        rows[rank] = self._kept(row)
        self._count += 1
        if copies > 1:
            self.repeats[group, rank] = copies - 1
        if self._count > self._capacity:
            self.prune()

    def merge(self, other: "BestRows[Ranked]") -> None:
        """Adds the best rows of another stream."""
        for group, bound in other.bounds.items():
            self.bounds[group] = min(bound, self.bounds.get(group, bound))
        for group, rows in other.groups.items():
            for rank in rows:
                self.add(group, rank, other.row(group, rank), 1 + other.repeats[group, rank])

    def pop(self, group: str, rank: bytes) -> Ranked:
        """Takes a row out, so that what is made of it does not stand in memory beside it."""
        row = self.row(group, rank)
        self._drop(group, rank)
        return row

    def prune(self) -> None:
        """Drops all but the best, and remembers where each group was cut."""
        turns = merge(*(self._turns(group, sorted(rows)) for group, rows in self.groups.items()))
        for _, rank, group in islice(turns, self.limit, None):
            self._drop(group, rank)
            self.repeats.pop((group, rank), None)
            self.bounds[group] = min(rank, self.bounds.get(group, rank))

    def _drop(self, group: str, rank: bytes) -> None:
        self._count -= 1
        del self.groups[group][rank]

    def _kept(self, row: Ranked) -> Any:
        """What stands for a row in memory: here the row itself."""
        return row

    def _row(self, kept: Any) -> Ranked:
        """The row that something stands for."""
        row: Ranked = kept
        return row

    def _turns(self, group: str, ranks: list[bytes]) -> Iterator[tuple[float, bytes, str]]:
        weight = self.weights.get(group, 1)
        return ((index / weight, rank, group) for index, rank in enumerate(ranks, 1))
