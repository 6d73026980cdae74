"""The everyday prompts are our own: none is covered by a prompt of MT-Bench, Arena-Hard or (M-)IFEval, nor covers one."""

import json
import os
from pathlib import Path

import pytest

from secondhalf.audit.overlap import OverlapIndex
from secondhalf.evaluate.everyday.prompts import load_everyday

DATA = Path(os.environ.get("SECONDHALF_DATA") or "absent")
FILES = {
    "arena_hard/question.jsonl": lambda row: [row["prompt"]],
    "mt_bench/question.jsonl": lambda row: row["turns"],
    "ifeval/input_data.jsonl": lambda row: [row["prompt"]],
    "ifeval/ja_input_data.jsonl": lambda row: [row["prompt"]],
}


@pytest.mark.parametrize("name", FILES)
def test_no_prompt_is_taken_from_a_benchmark(name: str) -> None:
    if not (DATA / name).is_file():
        pytest.skip("SECONDHALF_DATA does not hold the benchmark files")
    rows = [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines() if line.strip()]
    theirs = [text for row in rows for text in FILES[name](row)]
    assert len(theirs) >= 80
    ours = {prompt.id: prompt.text for prompt in load_everyday()}
    our_index = OverlapIndex.of(ours)
    assert {text[:60]: overlap for text in theirs for overlap in our_index.find(text) if overlap.share > 0.5} == {}
    their_index = OverlapIndex.of({str(number): text for number, text in enumerate(theirs)})
    assert {
        own: overlap for own, text in ours.items() for overlap in their_index.find(text) if overlap.share > 0.5
    } == {}
