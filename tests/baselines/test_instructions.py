"""Instruction data in its usual files: one exchange a row, and everything left out with its reason."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.baselines.instructions import read_instructions
from secondhalf.baselines.settings import InstructionSettings
from secondhalf.errors import UserError
from secondhalf.rows import Pair, from_table
from secondhalf.store import Stage

MESSAGES = {
    "messages": [
        {"role": "user", "content": "Why is the sky blue?"},
        {"role": "assistant", "content": "Light scatters."},
    ]
}
SHAREGPT = {
    "conversations": [{"from": "human", "value": "川とは何ですか。"}, {"from": "gpt", "value": "水の流れです。"}]
}
ALPACA = {"instruction": "Translate.", "input": "Guten Tag", "output": "Good day"}


def _read(path: Path, **settings: Any) -> tuple[dict[str, Any], list[Pair], Counter[str]]:
    stage = Stage(path.parent / "stage")
    stage.path.mkdir(exist_ok=True)
    counts = read_instructions(InstructionSettings(path=str(path), **settings), stage, "teach mine")
    reasons = Counter(reason.partition(":")[0] for reason in stage.read("rejects").column("reason").to_pylist())
    assert counts["rows_in"] == counts["rows"] + counts["rejected"] == stage.read("verdicts").num_rows
    return counts, from_table(Pair, stage.read()), reasons


ROWS = [MESSAGES, SHAREGPT, ALPACA]


def _write(folder: Path, kind: str) -> Path:
    path = folder / f"mine.{kind}"
    if kind == "json":
        path.write_text(json.dumps(ROWS, indent=2), "utf-8")
    elif kind == "parquet":
        pq.write_table(
            pa.Table.from_pylist([{**dict.fromkeys(key for r in ROWS for key in r), **row} for row in ROWS]), path
        )
    elif kind == "jsonl.gz":
        path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in ROWS).encode(), mtime=0))
    else:  # a .json file is often JSON Lines
        path = path.with_suffix(".json" if kind == "lines.json" else ".jsonl")
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["json", "jsonl", "lines.json", "jsonl.gz", "parquet"])
def test_files_of_every_kind_give_the_same_pairs(tmp_path: Path, kind: str):
    counts, pairs, reasons = _read(_write(tmp_path, kind))
    assert counts["rows"] == 3
    assert not reasons
    assert {pair.prompt for pair in pairs} == {"Why is the sky blue?", "川とは何ですか。", "Translate.\n\nGuten Tag"}
    assert {pair.finish for pair in pairs} == {"stop"}
    assert [pair.language for pair in pairs if "川" in pair.prompt] == ["ja"]
    assert [pair.id for pair in pairs] == sorted(pair.id for pair in pairs)


def test_what_is_left_out_is_counted(tmp_path: Path):
    rows = [
        MESSAGES,
        MESSAGES,
        {"text": "x"},
        {
            "conversations": [
                {"from": ("human", "gpt")[n % 2], "value": text} for n, text in enumerate(["A?", "B.", "C?", "D."])
            ]
        },
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\nno json\n", "utf-8")
    counts, _pairs, reasons = _read(path)
    assert (counts["rows_in"], counts["rows"]) == (6, 2)
    assert reasons == {"repeated": 1, "no instruction data in the row": 1, "a later turn": 1, "not json": 1}


def test_damage_in_a_list_costs_what_comes_after_it(tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(ROWS)[:-30], "utf-8")
    _, pairs, reasons = _read(path)
    assert len(pairs) == 2
    assert reasons == {"not json": 1}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (json.dumps(ROWS)[:-1], "truncated file"),
        (json.dumps(ROWS)[:-1] + ",\n", "truncated file"),
        (json.dumps(ROWS) + "\n" + json.dumps(ROWS), "not json"),
        (json.dumps(ROWS) + "rest", "not json"),
        (json.dumps(ROWS) + " \r\n\n", ""),
    ],
    ids=["no end", "a comma", "two lists", "more text", "blanks"],
)
def test_what_a_list_loses_at_its_end_is_said(tmp_path: Path, text: str, reason: str):
    path = tmp_path / "mine.json"
    path.write_text(text, "utf-8")
    counts, _, reasons = _read(path)
    assert counts["rows"] == 3
    assert reasons == ({reason: 1} if reason else {})


def test_a_file_is_what_its_own_name_says(tmp_path: Path):
    path = tmp_path / "data.jsonl.parquet" / "mine.json"
    path.parent.mkdir()
    path.write_text(json.dumps(ROWS, indent=2), "utf-8")
    counts, _, _ = _read(path)
    assert counts["rows"] == 3


def test_two_answers_to_one_request_are_one_document(tmp_path: Path):
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(json.dumps({**ALPACA, "output": out}) for out in ("Good day", "Hello")), "utf-8")
    _, pairs, _ = _read(path)
    assert len({pair.id for pair in pairs}) == 2
    assert len({pair.document for pair in pairs}) == 1


@pytest.mark.parametrize("text", ["", "{}\n", '{"text": "x"}\n', "[]"])
def test_a_file_without_any_is_one_sentence(tmp_path: Path, text: str):
    path = tmp_path / "mine.json"
    path.write_text(text, "utf-8")
    with pytest.raises(UserError, match=r"mine\.json holds no instruction data"):
        _read(path)


def test_a_table_without_such_columns_is_an_error(tmp_path: Path):
    path = tmp_path / "mine.parquet"
    pq.write_table(pa.table({"text": ["a"]}), path)
    with pytest.raises(UserError, match="its columns are 'text'"):
        _read(path)


def test_no_file_is_an_error(tmp_path: Path):
    with pytest.raises(UserError, match="holds no"):
        read_instructions(InstructionSettings(path=str(tmp_path / "*.jsonl")), Stage(tmp_path / "stage"), "x")
