"""Runs a batch function over the shards of a table, part by part, and goes on at the part where it stopped.

A batch function is pure: an Arrow table in, three out (rows, rejects, verdicts), rows in the order they came. With
`workers` it runs in a pool of processes; the parts are the same whoever made them.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.store.stages import Stage
from secondhalf.store.workers import worker_pool

ShardTables = tuple[pa.Table, pa.Table, pa.Table]
ROWS_PER_PART = 1000


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_table(
    stage: Stage, table: pa.Table, function: Callable[[pa.Table], ShardTables], label: str, workers: int = 1
) -> dict[str, Any]:
    """Writes part-, rejects- and verdicts- tables for every shard of `table`; returns the counts for the manifest.

    A shard's part file is written last, so its presence says that the shard is done. With more than one worker the
    function must be picklable. Raises UserError when a batch function loses or invents rows: in = out + rejected, always.
    """
    shards = [table.slice(start, ROWS_PER_PART) for start in range(0, max(table.num_rows, 1), ROWS_PER_PART)]
    todo = [index for index in range(len(shards)) if not stage.has("part", index)]
    with Progress(label, table.num_rows, "rows") as progress:
        progress.advance(table.num_rows - sum(shards[index].num_rows for index in todo))
        for index, batch in _results(shards, todo, function, workers):
            rows, rejects, verdicts = batch
            if rows.num_rows + rejects.num_rows != shards[index].num_rows:
                counts = f"{shards[index].num_rows} in, {rows.num_rows} out, {rejects.num_rows} rejected"
                raise UserError(
                    f"{label} lost or invented rows ({counts}): this is a fault of the stage, please report it."
                )
            stage.write("verdicts", index, verdicts)
            stage.write("rejects", index, rejects)
            stage.write("part", index, rows)
            progress.advance(shards[index].num_rows)
    return {"rows_in": table.num_rows, "rows": stage.count(), "rejected": stage.count("rejects")}


def _results(
    shards: list[pa.Table], todo: list[int], function: Callable[[pa.Table], ShardTables], workers: int
) -> Iterator[tuple[int, ShardTables]]:
    # Starting a process takes about a second: as long as a shard or two.
    if workers == 1 or len(todo) < 2 * workers:
        for index in todo:
            yield index, function(shards[index])
        return
    with worker_pool(workers) as pool:
        pending = deque[tuple[int, Any]]()
        for index in todo:
            # combine_chunks copies the shard: a slice would be pickled with the whole table behind it.
            pending.append((index, pool.submit(function, shards[index].combine_chunks())))
            # Few shards are under way at a time, so memory does not follow the table.
            if len(pending) >= 2 * workers:
                oldest, future = pending.popleft()
                yield oldest, future.result()
        for index, future in pending:
            yield index, future.result()
