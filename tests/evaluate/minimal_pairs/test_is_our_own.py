"""The prompts of the minimal pairs are our own: no prompt of MT-Bench, Arena-Hard or (M-)IFEval covers one."""

import json
import os
from pathlib import Path

import pytest

from secondhalf.audit.overlap import OverlapIndex
from secondhalf.evaluate.minimal_pairs.build import load_minimal_pairs

DATA = Path(os.environ.get("SECONDHALF_DATA") or "absent")
FILES = (
    "arena_hard/question.jsonl",
    "mt_bench/question.jsonl",
    "ifeval/input_data.jsonl",
    "ifeval/ja_input_data.jsonl",
)


@pytest.mark.parametrize("name", FILES)
def test_no_prompt_is_taken_from_a_benchmark(name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip("SECONDHALF_DATA does not hold the benchmark files")
    rows = [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line.strip()]
    theirs = {str(number): "\n".join(row.get("turns") or [row["prompt"]]) for number, row in enumerate(rows)}
    index = OverlapIndex.of(theirs)
    pairs = load_minimal_pairs()
    assert {pair.id: overlap for pair in pairs for overlap in index.find(pair.plain) if overlap.share > 0.5} == {}
