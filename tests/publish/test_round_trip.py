"""Out and in again: each form is read back as the pairs that went out."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from secondhalf.baselines.instructions import read_instructions
from secondhalf.baselines.settings import InstructionSettings
from secondhalf.publish.chosen import choose_pairs
from secondhalf.publish.forms import FORMS, WITHOUT_TEXT
from secondhalf.publish.write import write_data_set
from secondhalf.rows import Pair, from_table
from secondhalf.store import Stage
from support.paired_run import paired_run, some_pairs

PAIRS = [*some_pairs(20), *some_pairs(21, "length")[20:]]


def _read(path: Path, folder: Path, **settings: Any) -> list[Pair]:
    stage = Stage(folder / "stage")
    stage.path.mkdir()
    counts = read_instructions(InstructionSettings(path=str(path), **settings), stage, "teach theirs")
    assert counts["rejected"] == 0
    return from_table(Pair, stage.read())


@pytest.mark.parametrize("shape", ["auto", "named"])
@pytest.mark.parametrize("form", FORMS)
def test_what_goes_out_comes_in_again(tmp_path: Path, form: str, shape: str):
    run = paired_run(tmp_path, {"audit:taught": PAIRS}, train={"held_out": 0.3})
    write_data_set(choose_pairs(run), form, tmp_path / "out")
    shapes = {"auto": "auto", "named": "pairs" if form == "parquet" else form}
    pairs = _read(tmp_path / "out", tmp_path, shape=shapes[shape])
    if form == "parquet":
        assert pairs == PAIRS
        return
    finished = [pair for pair in PAIRS if pair.finish == "stop"]
    expected = sorted((pair.prompt.strip(), pair.response.strip(), pair.language) for pair in finished)
    assert sorted((pair.prompt, pair.response, pair.language) for pair in pairs) == expected


@pytest.mark.parametrize("form", FORMS)
def test_no_character_of_an_answer_ends_a_line(tmp_path: Path, form: str):
    odd = "one\r\ntwo three\x0bfour\x85five\u2028six\u2029seven\x1eeight"
    pairs = [replace(pair, response=odd) for pair in some_pairs(20)]
    run = paired_run(tmp_path, {"audit:taught": pairs}, train={"held_out": 0.3})
    written = write_data_set(choose_pairs(run), form, tmp_path / "out")
    for split, file in written.files.items():
        if form != "parquet":
            assert len((tmp_path / "out" / file).read_text("utf-8").splitlines()) == written.counts[split]
    assert {pair.response for pair in _read(tmp_path / "out", tmp_path)} == {odd}


@pytest.mark.parametrize("form", FORMS)
def test_what_our_own_reader_refuses_does_not_go_out(tmp_path: Path, form: str):
    """It went out, and its row was a reject when it came in again."""
    pairs = some_pairs(20)
    pairs[3], pairs[4] = replace(pairs[3], response="one\0two"), replace(pairs[4], response=" ")
    run = paired_run(tmp_path, {"audit:taught": pairs}, train={"held_out": 0})
    written = write_data_set(choose_pairs(run), form, tmp_path / "out")
    assert written.counts == {"train": 18, WITHOUT_TEXT: 2}
    assert "2 pairs are left out: their response is empty" in (tmp_path / "out" / "README.md").read_text("utf-8")
    assert len(_read(tmp_path / "out", tmp_path)) == 18


def test_a_second_time_gives_the_same_bytes(tmp_path: Path):
    """What came in from parquet goes out as the same file: nothing is lost on the way."""
    run = paired_run(tmp_path / "a", {"audit:taught": PAIRS}, licences=[], train={"held_out": 0})
    (tmp_path / "b").mkdir()
    write_data_set(choose_pairs(run), "parquet", tmp_path / "out")
    pairs = _read(tmp_path / "out", tmp_path)
    again = paired_run(tmp_path / "b", {"audit:taught": pairs}, licences=[], train={"held_out": 0})
    write_data_set(choose_pairs(again), "parquet", tmp_path / "again")
    assert (tmp_path / "out" / "train.parquet").read_bytes() == (tmp_path / "again" / "train.parquet").read_bytes()
