"""Finished replies in a teacher's place."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.errors import UserError
from secondhalf.models.engines.replay import Replay
from secondhalf.models.request import RefusedError, Reply, Request, Sampling


def _request(row: str, text: str) -> Request:
    return Request(row, (("system", "Be brief."), ("user", text)), Sampling())


def _lines(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_replies_are_joined_by_id_then_by_prompt(tmp_path: Path):
    path = _lines(
        tmp_path / "r.jsonl",
        {"id": "p1", "response": "by id", "finish": "length", "response_tokens": 3},
        {"prompt": "川は流れる", "response": "海へ"},
        {"prompt": "Go on:\n\nThe mill", "response": "whole turn"},
    )
    requests = [
        _request("p1", "Go on:\n\nanything"),
        _request("p2", "Go on:\n\n川は流れる"),
        _request("p3", "Go on:\n\nThe mill"),
        _request("p4", "Go on:\n\nThe river"),
    ]
    replies = dict(Replay(path, "Go on:\n\n{text}").replies(requests, "t"))
    assert replies["p1"] == Reply("by id", "length", 0, 3)
    assert replies["p2"] == Reply("海へ", "stop", 0, 0)
    assert replies["p3"] == Reply("whole turn", "stop", 0, 0)
    assert isinstance(replies["p4"], RefusedError)
    assert "no reply for this pair" in str(replies["p4"])


def test_two_pairs_of_one_prompt_keep_their_own_replies(tmp_path: Path):
    path = tmp_path / "r.parquet"
    pq.write_table(pa.table({"id": ["a", "b"], "prompt": ["same", "same"], "response": ["one", "two"]}), path)
    replies = dict(Replay(path).replies([_request("a", "same"), _request("b", "same")], "t"))
    assert [replies[row].text for row in "ab"] == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": "a"}', r"r\.jsonl:1: `response`"),
        ('{"response": "x"}', "`id` or `prompt`"),
        ('\n{"id": "a", "response"', "JSON Lines"),
        ("[" * 100_000, "JSON Lines"),
        ('["a"]', r"r\.jsonl:1: a line must be"),
        ('{"id": "a", "response": "x", "finish": 3}', "`finish`"),
    ],
)
def test_a_faulty_row_is_named(tmp_path: Path, text: str, message: str):
    path = tmp_path / "r.jsonl"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        Replay(path)


def test_a_parquet_file_may_hold_columns_of_any_other_kind(tmp_path: Path):
    """A day beyond Python's calendar, in a column that nobody reads, was a traceback."""
    path = tmp_path / "r.parquet"
    far = pa.array([2**60], pa.timestamp("us"))
    pq.write_table(pa.table({"id": ["a"], "response": ["One."], "when": far, "more": [{"x": [1]}]}), path)
    assert [reply.text for _, reply in Replay(path).replies([_request("a", "x")], "t")] == ["One."]
    for table in (
        pa.table({"id": ["a"], "response": ["One."], "finish": far}),
        pa.table([pa.array(["a"]), pa.array(["b"]), pa.array(["One."])], names=["id", "id", "response"]),
        pa.table({"id": ["a"], "response": pa.array([b"One."])}),
    ):
        pq.write_table(table, path)
        with pytest.raises(UserError, match=r"write it anew|must be a text"):
            Replay(path)
