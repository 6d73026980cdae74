"""Runs a batch function over the shards of a table, part by part, and goes on at the part where it stopped.

A batch function is pure: an Arrow table in, three out (rows, rejects, verdicts), rows in the order they came. With
`workers` it runs in a pool of processes, or on a cluster; the parts are the same whoever made them.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.store.stage import Stage
from secondhalf.store.tables import resliced
from secondhalf.store.workers import ALONE, Workers

ShardTables = tuple[pa.Table, pa.Table, pa.Table]
ROWS_PER_PART = 1000


def shards_of(source: pa.Table | Stage) -> Iterator[pa.Table]:
    """The rows of a table, or of a stage's, in shards of ROWS_PER_PART rows, of which few are in memory at a time."""
    return source.batches(ROWS_PER_PART) if isinstance(source, Stage) else resliced([source], ROWS_PER_PART)


def parts_left(stage: Stage, rows: int) -> list[int]:
    """The shards, of so many rows, that a stage has no part of yet."""
    return [index for index in range(max(1, -(-rows // ROWS_PER_PART))) if not stage.has("part", index)]


def map_table(
    stage: Stage,
    source: pa.Table | Stage,
    function: Callable[[pa.Table], ShardTables],
    label: str,
    workers: Workers = ALONE,
) -> dict[str, Any]:
    """Writes part-, rejects- and verdicts- tables for every shard of a table, or of another stage's; returns the counts for
    the manifest.

    A shard's part file is written last, so its presence says that the shard is done. Of a stage few shards are in memory at a
    time. For others than ALONE the function must be picklable. Raises UserError when a batch function loses or invents
    rows: in = out + rejected, always.
    """
    rows = source.rows() if isinstance(source, Stage) else source.num_rows
    with Progress(label, rows, "rows") as progress:

        def todo() -> Iterator[tuple[int, pa.Table]]:
            for index, shard in enumerate(shards_of(source)):
                if stage.has("part", index):
                    progress.advance(shard.num_rows)
                else:
                    yield index, shard

        left = parts_left(stage, rows)
        for index, taken, batch in _results(todo(), function, workers if workers.pays(len(left)) else ALONE):
            accepted, rejects, verdicts = batch
            if accepted.num_rows + rejects.num_rows != taken:
                counts = f"{taken} in, {accepted.num_rows} out, {rejects.num_rows} rejected"
                raise UserError(
                    f"{label} lost or invented rows ({counts}): this is a fault of the stage, please report it."
                )
            stage.write("verdicts", index, verdicts)
            stage.write("rejects", index, rejects)
            stage.write("part", index, accepted)
            progress.advance(taken)
    return {"rows_in": rows, "rows": stage.count(), "rejected": stage.count("rejects")}


def _results(
    shards: Iterator[tuple[int, pa.Table]], function: Callable[[pa.Table], ShardTables], workers: Workers
) -> Iterator[tuple[int, int, ShardTables]]:
    """Each shard's index, its rows, and what became of it."""
    if workers is ALONE:
        for index, shard in shards:
            yield index, shard.num_rows, function(shard)
        return
    with workers.pool() as pool:
        pending = deque[tuple[int, int, Any]]()
        for index, shard in shards:
            # combine_chunks copies the shard: a slice would be pickled with the whole table behind it.
            pending.append((index, shard.num_rows, pool.submit(function, shard.combine_chunks())))
            # Few shards are under way at a time, so memory does not follow the table.
            if len(pending) >= 2 * workers.count:
                oldest, rows, future = pending.popleft()
                yield oldest, rows, future.result()
        for index, rows, future in pending:
            yield index, rows, future.result()
