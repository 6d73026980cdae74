"""`schedule: then`: all epochs of the first data set before any of the next; without phases nothing is other than it was."""

from pathlib import Path

import pytest

pytest.importorskip("transformers")

import pyarrow as pa

from secondhalf.rows import Pair, to_table
from secondhalf.store import Stage
from secondhalf.train.batch_sampler import sample_batches
from secondhalf.train.dataset import read_datasets, tokenise_pairs
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder
from support.tiny_student import tokenizer

SETTINGS = TrainSettings(epochs=2, tokens_per_step=16, tokens_per_batch=16, held_out=0)


def _order(*sizes: int) -> list[int]:
    steps = sample_batches([4] * 20, SETTINGS, 1, sizes)
    return [index for step in steps for batch in step for index in batch]


def test_one_data_set_after_the_other():
    order = _order(8, 12)
    assert sorted(order[:16]) == sorted([*range(8)] * 2)
    assert sorted(order[16:]) == sorted([*range(8, 20)] * 2)
    assert order[:8] != order[8:16]  # each epoch shuffled anew


def test_one_phase_is_no_phase():
    assert _order() == _order(20)


def test_examples_come_phase_by_phase(tmp_path: Path):
    tiny, stage = tokenizer(), Stage(tmp_path)
    rows = [Pair(f"{n}", f"d{n}", "r", "en", "past", "", f"the mill {n}", "t", "stop") for n in range(5)]
    table = to_table(Pair, rows).append_column("phase", pa.array([1, 0, 1, 0, 0]))
    tokenise_pairs([table.slice(0, 2), table.slice(2)], Encoder.of(tiny, SETTINGS, 5), stage, 5, "test")
    train, _, sizes = read_datasets(stage)
    assert sizes == [3, 2]
    expected = [SETTINGS.template.encode_pair(tiny, "past", f"the mill {n}", ended=True) for n in (1, 3, 4, 0, 2)]
    assert list(train) == expected
