"""What only the whole sample shows: the documents that repeat another one, a verdict on each, and those that are kept.

Memory holds the texts once, and what differs from "it repeats nothing"; all else is made a shard at a time.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.clean.duplicates.columns import StringColumn
from secondhalf.clean.duplicates.fold import Flags
from secondhalf.clean.duplicates.near import NearDuplicateSettings, find_near_duplicates, unique
from secondhalf.clean.duplicates.passages import PassageSettings, find_passages, unrepeated
from secondhalf.rows import Verdict, to_table, with_reasons
from secondhalf.store.mapper import ROWS_PER_PART
from secondhalf.store.workers import ALONE, Workers


@dataclass(frozen=True, slots=True)
class Duplicates:
    """By row of the sample, what is said of those documents that have something in common with an earlier one."""

    near: dict[int, Verdict]
    passages: dict[int, Verdict]
    kept: Flags
    """Shape (documents,): whether both verdicts on it passed."""

    def verdicts(self, documents: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The verdicts on all documents of the sample, in their order: near_duplicate, then passages."""
        for start, table in _numbered(documents):
            ids = enumerate(table.column("id").to_pylist(), start)
            yield to_table(
                Verdict,
                (
                    verdict
                    for row, id in ids
                    for verdict in (self.near.get(row) or unique(id), self.passages.get(row) or unrepeated(id))
                ),
            )

    def rejects(self, documents: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The documents that are not kept, each with the first of its verdicts that did not pass."""
        for start, table in _numbered(documents):
            rows = start + np.flatnonzero(~self.kept[start : start + table.num_rows])
            failed = [each for row in rows.tolist() if (each := self._first_failed(row))]
            yield with_reasons(table.take(pa.array(rows - start)), failed)

    def rows(self, documents: Iterable[pa.Table]) -> Iterator[pa.Table]:
        """The documents that are kept."""
        for start, table in _numbered(documents):
            yield table.filter(pa.array(self.kept[start : start + table.num_rows]))

    def _first_failed(self, row: int) -> Verdict | None:
        return next((v for v in (self.near.get(row), self.passages.get(row)) if v and not v.passed), None)


def find_duplicates(
    read: Callable[[], pa.Table],
    near_duplicates: NearDuplicateSettings,
    passages: PassageSettings,
    workers: Workers = ALONE,
) -> Duplicates:
    """Looks through the sample that `read` returns, in any order: of two documents the one whose id sorts first stays.

    `read` is called once, and nothing of its table but ids and texts is kept. A cluster makes the signatures and groups them by
    bands; pairs are verified, and passages found, here.
    """
    table = read().select(["id", "text"])
    ids, order = table.column("id"), None
    if len(ids) > 1 and not pc.all(pc.less_equal(ids[:-1], ids[1:])).as_py():
        # Python's sort: equal ids keep their order.
        order = sorted(range(len(ids)), key=ids.to_pylist().__getitem__)
        table = table.take(order)
    names, texts = StringColumn(table.column("id")), StringColumn(table.column("text"))
    del table, ids
    pa.default_memory_pool().release_unused()
    near = find_near_duplicates(names, texts, near_duplicates, workers)
    shared = find_passages(names, texts, passages)
    if order is not None:
        near, shared = ({order[place]: verdict for place, verdict in of.items()} for of in (near, shared))
    kept = np.ones(len(texts), bool)
    kept[[row for of in (near, shared) for row, verdict in of.items() if not verdict.passed]] = False
    return Duplicates(near, shared, kept)


def _numbered(documents: Iterable[pa.Table]) -> Iterator[tuple[int, pa.Table]]:
    """Tables of a shard each, with the number of their first row."""
    start = 0
    for table in documents:
        for offset in range(0, max(table.num_rows, 1), ROWS_PER_PART):
            yield start + offset, table.slice(offset, ROWS_PER_PART)
        start += table.num_rows
