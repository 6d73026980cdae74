"""Battles as tables: what one function writes, the other reads back."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.evaluate.arena_hard.stage import battles_table, read_battles
from secondhalf.statistics.bradley_terry import Battle

BATTLES = [
    Battle("q1", "baseline", "arm", 1.0, 3.0, ((120.0, 2.0, 0.0, 5.0), (80.0, 0.0, 1.0, 3.0))),
    Battle("q1", "baseline", "arm", 0.5, 1.0, ((120.0, 2.0, 0.0, 5.0), (80.0, 0.0, 1.0, 3.0))),
    Battle("q2", "baseline", "arm", 0.0, 1.0),
]


def test_battles_come_back_as_they_were(tmp_path: Path) -> None:
    pq.write_table(battles_table(BATTLES), tmp_path / "battles.parquet")
    assert read_battles("arm", pq.read_table(tmp_path / "battles.parquet")) == BATTLES


def test_a_table_comes_back_as_it_was() -> None:
    table = battles_table(BATTLES)
    assert battles_table(read_battles("arm", table)).equals(table)


def test_the_baseline_is_first_and_the_arm_bears_the_given_name() -> None:
    [battle, *_] = read_battles("taught", battles_table(BATTLES))
    assert (battle.a, battle.b) == ("baseline", "taught")
    assert battle.style[0] == BATTLES[0].style[0], "the baseline's counts stand first"


def test_no_battles_are_a_table_of_the_same_columns() -> None:
    empty = battles_table([])
    assert empty.schema.equals(battles_table(BATTLES).schema)
    assert empty.schema.field("won").type == pa.float64()
    assert read_battles("arm", empty) == []
