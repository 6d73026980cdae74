"""The supervised tokens of pairs before anything is trained: counted as training counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.arms.mixture import TokenCount
from secondhalf.progress import Progress
from secondhalf.train.dataset import ROWS_PER_SHARD
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def count_supervised_tokens(
    pairs: pa.Table, tokenizer: PreTrainedTokenizerBase, settings: TrainSettings, label: str
) -> list[TokenCount]:
    """Each pair's id and its supervised tokens; 0 where it is held out or longer than train.max_length."""
    encoder = Encoder.of(tokenizer, settings, pairs.num_rows)
    counts = dict.fromkeys(pairs.column("id").to_pylist(), 0)
    with Progress(f"{label}, counting tokens", pairs.num_rows, "pairs") as progress:
        for start in range(0, pairs.num_rows, ROWS_PER_SHARD):
            shard = pairs.slice(start, ROWS_PER_SHARD)
            rows, _, _ = encoder(shard)
            trained = rows.filter(pc.invert(rows.column("held")))
            supervised = pc.subtract(pc.list_value_length(trained.column("tokens")), trained.column("prompt"))
            counts.update(zip(trained.column("id").to_pylist(), supervised.to_pylist(), strict=True))
            progress.advance(shard.num_rows)
    return list(counts.items())
