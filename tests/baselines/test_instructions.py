"""Instruction data in its usual shapes and files: one exchange a row, and everything left out with its reason."""

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
from secondhalf.baselines.shapes import Conversation, conversation_reader
from secondhalf.corpus.readers.items import Refused
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
TABLE = {"messages": None, "instruction": "Name a river.", "input": None, "output": "The Rhine."}


def _mapped(row: Any, **settings: Any) -> Conversation | Refused:
    return conversation_reader(InstructionSettings(path="x", **settings))(row, "x:1")


def _messages(*turns: tuple[str, Any]) -> dict[str, Any]:
    return {"messages": [{"role": role, "content": text} for role, text in turns]}


@pytest.mark.parametrize(
    ("row", "prompt", "response"),
    [
        (MESSAGES, "Why is the sky blue?", "Light scatters."),
        (SHAREGPT, "川とは何ですか。", "水の流れです。"),
        (ALPACA, "Translate.\n\nGuten Tag", "Good day"),
        (TABLE, "Name a river.", "The Rhine."),
        (_messages(("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello")), "Be brief.\n\nHi", "Hello"),
        (_messages(("user", "One."), ("user", "Two?"), ("assistant", "Yes.")), "One.\n\nTwo?", "Yes."),
        (_messages(("user", [{"type": "text", "text": "Look."}]), ("assistant", "I do.")), "Look.", "I do."),
    ],
)  # fmt: skip
def test_the_usual_shapes(row: dict[str, Any], prompt: str, response: str):
    assert _mapped(row) == Conversation("x:1", prompt, response, [])


def test_a_system_text_may_be_dropped():
    row = _messages(("system", "Be brief."), ("user", "Hi"), ("assistant", "Hello"))
    assert _mapped(row, system="drop") == Conversation("x:1", "Hi", "Hello", [])


def test_later_turns_are_told():
    row = _messages(("user", "A?"), ("assistant", "B."), ("user", "C?"), ("assistant", "D."), ("user", "E?"))
    assert _mapped(row) == Conversation("x:1", "A?", "B.", [("C?", "D."), ("E?", "")])


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (5, "not an object: a number"),
        ({"text": "no shape"}, "no instruction data in the row: its fields are 'text'"),
        ({"messages": "hello"}, "turns are no list of objects"),
        (_messages(("narrator", "x")), "unknown role: 'narrator'"),
        (_messages(("assistant", "Hello"), ("user", "Hi")), "it does not begin with a request"),
        (_messages(("user", "Hi")), "no answer"),
        (_messages(("user", "  "), ("assistant", "Hello")), "an empty request"),
        (_messages(("user", "Hi"), ("system", "x"), ("assistant", "Hello")), "a system text in the middle"),
        (_messages(("user", [{"type": "image"}]), ("assistant", "A cat.")), "a turn that is no text: a list"),
        (_messages(("user", "a\0b"), ("assistant", "c")), "nul character"),
        (_messages(("user", "a\ud800"), ("assistant", "c")), "lone surrogate"),
        ({"instruction": "Do.", "output": 5}, "a turn that is no text: a number"),
        ({"messages": []}, "it does not begin with a request"),
    ],
)
def test_what_is_no_exchange_is_refused_with_its_reason(row: Any, reason: str):
    found = _mapped(row)
    assert isinstance(found, Refused)
    assert found.reason == reason


def test_a_shape_that_is_named_is_the_only_one():
    assert isinstance(_mapped(ALPACA, shape="messages"), Refused)
    assert isinstance(_mapped(ALPACA, shape="alpaca"), Conversation)


def _read(path: Path, **settings: Any) -> tuple[dict[str, Any], list[Pair], Counter[str]]:
    stage = Stage(path.parent / "stage")
    stage.path.mkdir(exist_ok=True)
    told = read_instructions(InstructionSettings(path=str(path), **settings), stage, "teach mine")
    reasons = Counter(reason.partition(":")[0] for reason in stage.read("rejects").column("reason").to_pylist())
    assert told["rows_in"] == told["rows"] + told["rejected"] == stage.read("verdicts").num_rows
    return told, from_table(Pair, stage.read()), reasons


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
        path.write_bytes(gzip.compress("\n".join(json.dumps(row) for row in ROWS).encode()))
    else:  # a .json file is often JSON Lines
        path = path.with_suffix(".json" if kind == "lines.json" else ".jsonl")
        path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), "utf-8")
    return path


@pytest.mark.parametrize("kind", ["json", "jsonl", "lines.json", "jsonl.gz", "parquet"])
def test_files_of_every_kind_give_the_same_pairs(tmp_path: Path, kind: str):
    told, pairs, reasons = _read(_write(tmp_path, kind))
    assert told["rows"] == 3
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
        _messages(("user", "A?"), ("assistant", "B."), ("user", "C?"), ("assistant", "D.")),
    ]
    path = tmp_path / "mine.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\nno json\n", "utf-8")
    told, _pairs, reasons = _read(path)
    assert (told["rows_in"], told["rows"]) == (6, 2)
    assert reasons == {"repeated": 1, "no instruction data in the row": 1, "a later turn": 1, "not json": 1}


def test_damage_in_a_list_costs_what_comes_after_it(tmp_path: Path):
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(ROWS)[:-30], "utf-8")
    _, pairs, reasons = _read(path)
    assert len(pairs) == 2
    assert reasons == {"not json": 1}


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


def test_a_table_without_such_columns_is_told(tmp_path: Path):
    path = tmp_path / "mine.parquet"
    pq.write_table(pa.table({"text": ["a"]}), path)
    with pytest.raises(UserError, match="its columns are 'text'"):
        _read(path)


def test_no_file_is_told(tmp_path: Path):
    with pytest.raises(UserError, match="holds no"):
        read_instructions(InstructionSettings(path=str(tmp_path / "*.jsonl")), Stage(tmp_path / "stage"), "x")
