"""`schedule: then`: all epochs of the first data set before any of the next; without phases nothing is other than it was."""

from secondhalf.train.settings import TrainSettings
from secondhalf.train.stage import phases
from secondhalf.train.trainer import schedule

SETTINGS = TrainSettings(epochs=2, tokens_per_step=16, tokens_per_batch=16)
EXAMPLES = [([number] * 4, [-100] + [number] * 3) for number in range(20)]


def _order(*sizes: int) -> list[int]:
    steps = schedule(EXAMPLES, SETTINGS, 1, sizes)
    return [tokens[0] for step in steps for batch in step for tokens, _ in batch]


def test_one_data_set_after_the_other():
    order = _order(8, 12)
    assert sorted(order[:16]) == sorted([*range(8)] * 2)
    assert sorted(order[16:]) == sorted([*range(8, 20)] * 2)
    assert order[:8] != order[8:16]  # each epoch shuffled anew


def test_one_phase_is_no_phase():
    assert _order() == _order(20)


def test_a_table_falls_into_its_phases():
    import pyarrow as pa

    table = pa.table({"id": ["a", "b", "c"], "phase": [1, 0, 1]})
    assert [part.column("id").to_pylist() for part in phases(table)] == [["b"], ["a", "c"]]
    assert phases(table.drop_columns(["phase"]))[0].num_rows == 3
    assert phases(table.slice(0, 0))[0].num_rows == 0
