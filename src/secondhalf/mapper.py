"""Runs a batch function over the shards of a table, part by part, and goes on at the part where it stopped.

A batch function is pure: an Arrow table in, three out (rows, rejects, verdicts), rows in the order they came.
"""

from collections.abc import Callable
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.store import Stage

Batch = tuple[pa.Table, pa.Table, pa.Table]
ROWS_PER_PART = 1000


def map_table(stage: Stage, table: pa.Table, function: Callable[[pa.Table], Batch], label: str) -> dict[str, Any]:
    """Writes part-, rejects- and verdicts- tables for every shard of `table`; returns the counts for the manifest.

    A shard's part file is written last, so its presence says that the shard is done. Raises UserError when a batch
    function loses or invents rows: in = out + rejected, always.
    """
    shards = range(0, max(table.num_rows, 1), ROWS_PER_PART)
    with Progress(label, table.num_rows, "rows") as progress:
        for index, start in enumerate(shards):
            shard = table.slice(start, ROWS_PER_PART)
            if not stage.has("part", index):
                rows, rejects, verdicts = function(shard)
                if rows.num_rows + rejects.num_rows != shard.num_rows:
                    counts = f"{shard.num_rows} in, {rows.num_rows} out, {rejects.num_rows} rejected"
                    raise UserError(
                        f"{label} lost or invented rows ({counts}): this is a fault of the stage, please report it."
                    )
                stage.write("verdicts", index, verdicts)
                stage.write("rejects", index, rejects)
                stage.write("part", index, rows)
            progress.advance(shard.num_rows)
    return {"rows_in": table.num_rows, "rows": stage.read().num_rows, "rejected": stage.read("rejects").num_rows}
