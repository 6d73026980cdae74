"""Rows that hold a whole pair: every column comes back as it was, and a bad one is named."""

from dataclasses import asdict
from typing import Any

import pytest

from secondhalf.baselines.settings import InstructionSettings
from secondhalf.baselines.whole_pairs import LocatedPair, holds_pair, read_pair
from secondhalf.corpus.readers.items import Refused
from secondhalf.rows import Pair

PAIR = Pair("d-1", "d", "words", "ja", "川は", "流れる。", "海へ行く。", "teacher", "length", 3, 4)


def test_a_pair_comes_back_as_it_was():
    row = asdict(PAIR) | {"licence": "CC0-1.0", "source": "ours"}
    assert holds_pair(row, InstructionSettings(path="x"))
    assert read_pair(row, "x:1") == LocatedPair("x:1", PAIR)


def test_what_a_pair_can_do_without_is_filled_in():
    row = {"id": "d-1", "document": "d", "prompt": "川は", "response": "海へ行く。", "finish": None}
    assert read_pair(row, "x:1") == LocatedPair(
        "x:1", Pair("d-1", "d", "", "und", "川は", "", "海へ行く。", "", "stop")
    )


@pytest.mark.parametrize(
    ("row", "shape", "expected"),
    [
        (asdict(PAIR), "auto", True),
        (asdict(PAIR), "messages", False),
        ({"prompt": "a", "response": "b"}, "auto", False),
        ({"prompt": "a", "response": "b"}, "pairs", True),
        ([], "pairs", False),
    ],
)
def test_which_rows_are_read_so(row: Any, shape: Any, expected: bool):
    assert holds_pair(row, InstructionSettings(path="x", shape=shape)) is expected


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": None}, "a column that is no text: 'id' is null"),
        ({"document": " "}, "an empty column: 'document'"),
        ({"response": ""}, "an empty column: 'response'"),
        ({"original": 5}, "a column that is no text: 'original' is a number"),
        ({"prompt_tokens": "5"}, "a column that is no count: 'prompt_tokens' is text"),
        ({"prompt_tokens": -1}, "a column that is no count: 'prompt_tokens' is a number"),
        ({"response_tokens": True}, "a column that is no count: 'response_tokens' is true or false"),
        ({"prompt": "a\ud800"}, "lone surrogate: in 'prompt'"),
        ({"prompt": "a\0"}, "nul character: in 'prompt'"),
    ],
)
def test_a_bad_column_is_named(change: dict[str, Any], reason: str):
    refused = read_pair(asdict(PAIR) | change, "x:1")
    assert isinstance(refused, Refused)
    assert (refused.location, refused.reason) == ("x:1", reason)
