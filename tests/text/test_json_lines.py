"""Rows of a file with their locations, and the sentences for those that are none; lines that hold for any reader."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.text import json_lines


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


def test_lines_and_a_list_are_read_with_their_locations(path: Path) -> None:
    path.write_text('\ufeff{"a": 1}\n\n{"a": "two\\u2028lines"}\n', "utf-8")
    assert json_lines.read(path, "f") == [(f"{path}, line 1", {"a": 1}), (f"{path}, line 3", {"a": "two\u2028lines"})]
    path.write_text('\n[{"a": 1},\n {"a": 2}]', "utf-8")
    assert json_lines.read(path, "f") == [(f"{path}, entry 1", {"a": 1}), (f"{path}, entry 2", {"a": 2})]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"holds no rows: write a JSON object a line"),
        (b"\n \n", r"holds no rows"),
        (b'{"a": 1}\n{', r"line 2 is no JSON \(.*\): write a JSON object a line"),
        (b'{"a": 1}\n3', r"line 2 is no JSON object: write one a line"),
        (b'[{"a": 1}, 2]', r"every entry of the list must be an object"),
        (b'[{"a": 1}', r"is no JSON \(.*\): write a list of objects"),
        (b"[" * 100_000, r"is no JSON"),
        (b'{"a": "\xff"}', r"is not UTF-8: save it as UTF-8"),
    ],
)
def test_a_file_that_is_none_is_an_error_with_its_mend(path: Path, content: bytes, message: str) -> None:
    path.write_bytes(content)
    with pytest.raises(UserError, match=message):
        json_lines.read(path, "f")


def test_a_file_that_cannot_be_read_names_the_field(path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be read \(No such file or directory\): correct evaluate\.own"):
        json_lines.read(path, "evaluate.own")


@pytest.mark.parametrize(("value", "id"), [(7, "7"), ("x y", "x y"), (0, "0")])
def test_an_id_is_a_number_or_a_text(value: object, id: str) -> None:
    assert json_lines.key({"id": value}, "id", "here") == id


@pytest.mark.parametrize("value", [None, True, 1.5, "", " ", [], "7#again"])
def test_any_other_id_is_an_error(value: object) -> None:
    with pytest.raises(UserError, match="here: id "):
        json_lines.key({"id": value}, "id", "here")


def test_texts_and_missing_fields() -> None:
    assert json_lines.text({"prompt": " a "}, "prompt", "here") == " a "
    for row in ({"prompt": " "}, {"prompt": 1}, {"prompt": None}):
        with pytest.raises(UserError, match=r"here: prompt is .*; write a text"):
            json_lines.text(row, "prompt", "here")
    with pytest.raises(UserError, match="here: prompt is not given"):
        json_lines.text({}, "prompt", "here")


def test_a_long_value_is_shortened_for_an_error() -> None:
    assert json_lines.describe_value({"a": "x" * 100}, "a") == "'" + "x" * 59


def test_an_id_is_used_once() -> None:
    ids: dict[str, str] = {}
    json_lines.check_unique(ids, "x", "id", "f, line 1")
    json_lines.check_unique(ids, "y", "id", "f, line 2")
    with pytest.raises(UserError, match="f, line 9: the id x was used in line 1; give every row its own"):
        json_lines.check_unique(ids, "x", "id", "f, line 9")


ENDS = "\x00\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029"


def test_a_line_that_is_written_is_one_line_to_any_reader() -> None:
    row = {"text": f"川{ENDS}\\u2028 \\"}
    (line,) = json_lines.line(row).splitlines()
    assert json.loads(line) == row
    assert "川" in line
