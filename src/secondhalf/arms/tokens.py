"""The supervised tokens of pairs before anything is trained: counted as training counts them."""

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.arms.share import Sized
from secondhalf.progress import Progress
from secondhalf.train.examples import ROWS
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder


def supervised(pairs: pa.Table, words: Any, settings: TrainSettings, label: str) -> list[Sized]:
    """Each pair's id and its supervised tokens; 0 where it is held out or longer than train.max_length."""
    encoded = Encoder.of(words, settings, pairs.num_rows)
    sizes = dict.fromkeys(pairs.column("id").to_pylist(), 0)
    with Progress(f"{label}, counting tokens", pairs.num_rows, "pairs") as progress:
        for start in range(0, pairs.num_rows, ROWS):
            shard = pairs.slice(start, ROWS)
            rows, _, _ = encoded(shard)
            trained = rows.filter(pc.invert(rows.column("held")))
            learnt = pc.subtract(pc.list_value_length(trained.column("tokens")), trained.column("prompt"))
            sizes.update(zip(trained.column("id").to_pylist(), learnt.to_pylist(), strict=True))
            progress.advance(shard.num_rows)
    return list(sizes.items())
