"""The best rows of a stream, by rank and by group, in memory that follows their number and not the stream's.

Rows are taken in turn from each group, in each by rank: the order is that of (place in its group / the group's weight,
rank), and the first `limit` are the best. It names no totals, so it has three properties that the tests hold: neither the
order of the stream nor its division matters; a larger limit contains the smaller one; and a row once passed over can
never come back, because rows yet to come only push it further down.
"""

from dataclasses import dataclass

from secondhalf.rows import Document


@dataclass(slots=True)
class Entry:
    """A row that is held: its rank, and how often its text was seen."""

    rank: bytes
    row: Document
    reason: str = ""
    copies: int = 1


class Best:
    """The best `limit` rows so far. Without groups every row's group is the same."""

    def __init__(self, limit: int, weights: dict[str, float] | None = None) -> None:
        self.limit, self.weights = limit, weights or {}
        self.held: dict[tuple[str, str], Entry] = {}
        # By group the rank from which on a row cannot be among the best.
        self.bounds: dict[str, bytes] = {}
        self._room = limit + max(limit // 4, 1000)

    def add(self, group: str, new: Entry) -> None:
        """Takes a row whose rank is below its group's bound. Of equal texts the one with the least origin stays."""
        key = (group, new.row.id)
        old = self.held.get(key)
        if old is None:
            self.held[key] = new
            if len(self.held) > self._room:
                self.prune()
            return
        old.copies += new.copies
        if _origin(new.row) < _origin(old.row):
            old.row = new.row

    def merge(self, other: "Best") -> None:
        """Takes what another stream left."""
        for group, bound in other.bounds.items():
            self.bounds[group] = min(bound, self.bounds.get(group, bound))
        for (group, _), entry in other.held.items():
            self.add(group, entry)

    def prune(self) -> None:
        """Lets go of all but the best, and remembers where each group was cut."""
        for key in self._ordered()[self.limit :]:
            group, entry = key[0], self.held.pop(key)
            self.bounds[group] = min(entry.rank, self.bounds.get(group, entry.rank))

    def _ordered(self) -> list[tuple[str, str]]:
        groups: dict[str, list[tuple[bytes, tuple[str, str]]]] = {}
        for key, entry in self.held.items():
            groups.setdefault(key[0], []).append((entry.rank, key))
        turns = [
            ((place + 1) / self.weights.get(group, 1), rank, key)
            for group, ranked in groups.items()
            for place, (rank, key) in enumerate(sorted(ranked))
        ]
        return [key for _, _, key in sorted(turns)]


def _origin(row: Document) -> tuple[str, str, str, str]:
    return row.source, row.url, row.licence, row.language
