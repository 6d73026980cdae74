"""Answers whose order is known: our own set is whole, and a user's file is read with distrust."""

import json
from collections import Counter
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.judge_check.labelled import load_labelled


def test_our_own_set_has_both_languages_and_no_answer_twice() -> None:
    items = load_labelled()
    assert Counter(item.id[:2] for item in items) == {"en": 32, "ja": 32}
    assert len({item.better for item in items} | {item.worse for item in items}) == 2 * len(items)


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"prompt": "Q", "better": "a"}, "line 1: worse is not given; write a text"),
        ({"prompt": "Q", "better": "a", "worse": "a"}, "line 1: better and worse are the same"),
        ({"prompt": 3, "better": "a", "worse": "b"}, "line 1: prompt is 3"),
        ("text", "line 1 is no JSON object"),
        ([1], "every entry of the list must be an object"),
    ],
)
def test_faults_are_named(row: object, message: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(json.dumps(row) + "\n", "utf-8")
    with pytest.raises(UserError, match=message):
        load_labelled(path)


def test_an_id_stands_once(tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    row = json.dumps({"id": "x", "prompt": "Q", "better": "a", "worse": "b"})
    path.write_text(f"{row}\n{row}\n", "utf-8")
    with pytest.raises(UserError, match="line 2: the id x was used in line 1"):
        load_labelled(path)
