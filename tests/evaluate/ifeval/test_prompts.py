"""IFEval's files: what a row must have, and that errors say where."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt, load_ifeval

ROW = {"key": 7, "prompt": "Say it.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}


def loaded(folder: Path, *lines: str) -> list[IFEvalPrompt]:
    path = folder / "in"
    path.write_text("\n".join(lines), "utf-8")
    return load_ifeval(path)


def test_a_file_in_its_order_without_nulls(tmp_path: Path) -> None:
    other = {**ROW, "key": "b", "kwargs": [{"num_words": None, "letter": "a"}]}
    path = tmp_path / "in.jsonl"
    path.write_text(f"{json.dumps(ROW)}\n\n{json.dumps(other)}\n", "utf-8")
    first, second = load_ifeval(path)
    assert (first.id, first.text, first.instructions, first.arguments) == (
        "7",
        "Say it.",
        ("punctuation:no_comma",),
        ({},),
    )
    assert (second.id, second.arguments, second.source) == ("b", ({"letter": "a"},), f"{path}, line 3")


def test_whole_numbers_that_came_as_fractions_are_whole(tmp_path: Path) -> None:
    row = {**ROW, "kwargs": [{"num_words": 7.0, "share": 0.5}]}
    assert [type(value) for value in loaded(tmp_path, json.dumps(row))[0].arguments[0].values()] == [int, float]


def test_a_key_that_occurs_twice_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="in, line 3: the key 7 was used in line 1"):
        loaded(tmp_path, json.dumps(ROW), "", json.dumps({**ROW, "key": "7"}))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "in, line 1 is no JSON"),
        ('{"key":' * 100_000, "in, line 1 is no JSON"),
        ("[" * 100_000, "in is no JSON"),
        ("3", "in, line 1 is no JSON object"),
        ("[1]", "in: every entry of the list must be an object"),
        ({"key": None}, "in, line 1: key is None"),
        ({"key": True}, "in, line 1: key is True"),
        ({"key": " "}, "in, line 1: key is ' '"),
        ({"prompt": 3}, "in, line 1: prompt is 3"),
        ({"prompt": ""}, "in, line 1: prompt is ''"),
        ({"instruction_id_list": []}, "in, line 1: instruction_id_list is \\[\\]"),
        ({"instruction_id_list": [1]}, "in, line 1: instruction_id_list is \\[1\\]"),
        ({"kwargs": [None]}, "in, line 1: kwargs is \\[None\\]"),
        ({"kwargs": {}}, "in, line 1: kwargs is {}"),
        ({"kwargs": [{}, {}]}, "in, line 1: kwargs has 2 objects for 1 instructions"),
    ],
)
def test_a_bad_row_is_named(tmp_path: Path, line: str | dict, message: str) -> None:
    text = line if isinstance(line, str) else json.dumps({**ROW, **line})
    with pytest.raises(UserError, match=message):
        loaded(tmp_path, text)


@pytest.mark.parametrize("field", sorted(ROW))
def test_a_missing_field_is_named(tmp_path: Path, field: str) -> None:
    with pytest.raises(UserError, match=f"in, line 1: {field} is not given"):
        loaded(tmp_path, json.dumps({key: value for key, value in ROW.items() if key != field}))


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="holds no rows"):
        loaded(tmp_path, "", " ")
    with pytest.raises(UserError, match=r"none\.jsonl cannot be read"):
        load_ifeval(tmp_path / "none.jsonl")
    (tmp_path / "latin").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="is not UTF-8"):
        load_ifeval(tmp_path / "latin")
