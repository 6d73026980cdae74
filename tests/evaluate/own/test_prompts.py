"""Your own prompts: what a row may hold, and the mend for what it may not."""

import json
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.own.prompts import load_own


def write_rows(folder: Path, *rows: Any) -> Path:
    path = folder / "mine.jsonl"
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    return path


def test_rows_are_read(tmp_path: Path) -> None:
    one, two = load_own(
        write_rows(
            tmp_path,
            {"prompt": "What is the capital of France?", "reference": "Paris"},
            {
                "id": 7,
                "prompt": "会議の案内を書いてください。",
                "rubric": "日時と場所がある",
                "category": "mail",
                "language": "ja",
            },
        )
    )
    assert (one.language, one.reference, one.rubric, len(one.id)) == ("en", "Paris", "", 16)
    assert (two.id, two.language, two.category) == ("7", "ja", "mail")
    [again] = load_own(write_rows(tmp_path, {"prompt": one.text, "rubric": "short"}))
    assert again.id == one.id  # a prompt keeps its id, whatever it is scored by


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"prompt": "x"}, "nothing to score by; write checks, a reference, a rubric, or people: true"),
        ({"prompt": "x", "people": False}, "nothing to score by"),
        ({"prompt": "x", "people": "yes"}, "people is 'yes'; write true or false"),
        ({"prompt": "x", "referense": "y"}, "there is no field referense; did you mean reference"),
        ({"prompt": "", "rubric": "y"}, "prompt is ''; write a text"),
        ({"prompt": "x", "checks": "short"}, "checks is 'short'; write a list"),
        ({"prompt": "x", "rubric": 3}, "rubric is 3; write a text"),
        ({"id": True, "prompt": "x", "rubric": "y"}, "id is True"),
        ({"id": "b#again", "prompt": "x", "rubric": "y"}, "an id must not end in #again"),
    ],
)
def test_faults_name_the_line_and_the_mend(row: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=f"mine.jsonl, line 1.*{message}"):
        load_own(write_rows(tmp_path, row))


def test_a_prompt_stands_once(tmp_path: Path) -> None:
    row = {"prompt": "x", "reference": "y"}
    with pytest.raises(UserError, match=r"line 2: the id .* was used in line 1"):
        load_own(write_rows(tmp_path, row, row))
