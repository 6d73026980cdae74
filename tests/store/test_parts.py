"""Parts are read in the order of their numbers, also past the five digits that are written."""

import random
from pathlib import Path

import pyarrow as pa

from secondhalf.store import Stage
from secondhalf.store.parts import in_order
from secondhalf.store.tables import write_table


def test_numbers_past_five_digits_come_after_the_others(tmp_path: Path):
    numbers = [0, 1, 9, 10, 99_999, 100_000, 100_001, 1_000_000]
    names = [Path(f"part-{number:05d}.parquet") for number in numbers]
    mixed = random.Random(1).sample(names, len(names))
    assert in_order(mixed) == names


def test_a_stage_reads_its_hundred_thousandth_part_last(tmp_path: Path):
    stage = Stage(tmp_path / "stage" / "key")
    stage.path.mkdir(parents=True)
    for number in (100_000, 99_999, 3):
        write_table(stage.path / f"part-{number:05d}.parquet", [pa.table({"number": [number]})])
    assert stage.read()["number"].to_pylist() == [3, 99_999, 100_000]
    assert [table["number"][0].as_py() for table in stage.tables()] == [3, 99_999, 100_000]
