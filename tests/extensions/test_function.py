"""A user's function by its path: the nearest name where it is not there, a reason where it raises."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.extensions.function import RowError, key_inputs, load_function
from support.user_module import write_module

SOURCE = """
    from secondhalf.rows import Verdict
    LIMIT = 3
    class Cutter:
        def __call__(self, text):
            return text[:LIMIT]
    cut = Cutter()
    def cut_lines(text):
        raise ValueError("no\\nlines in \\u202e" + text)
    def silent(text):
        assert False
    def leave(text):
        raise SystemExit
    """


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_what_can_be_called_is_called() -> None:
    name = write_module(SOURCE)
    assert load_function(f"{name}:cut", "split.rule")("abcdef") == "abc"


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (
            "cut_line",
            r"split\.rule: the module NAME \(.*NAME\.py\) has no function cut_line; did you mean cut_lines\?",
        ),
        ("paragraphs", r"has no function paragraphs; there are Cutter, cut, cut_lines, leave, silent\."),
        ("LIMIT", r"split\.rule: NAME:LIMIT is 3, which cannot be called"),
    ],
)
def test_what_cannot_be_called_is_named(function: str, sentence: str) -> None:
    name = write_module(SOURCE)
    with pytest.raises(UserError, match=sentence.replace("NAME", name)):
        load_function(f"{name}:{function}", "split.rule")


def test_an_exception_is_one_rows_reason() -> None:
    name = write_module(SOURCE)
    with pytest.raises(RowError) as caught:
        load_function(f"{name}:cut_lines", "split.rule")("x" * 1000)
    reason = str(caught.value)
    # What follows the first colon is not counted apart, so the function and the exception stand before it.
    assert reason.partition(":")[0] == f"{name}.cut_lines raised ValueError"
    assert "no lines in ⟨U+202E⟩xx" in reason
    assert len(reason) < 300
    with pytest.raises(RowError, match=r"\.silent raised AssertionError$"):
        load_function(f"{name}:silent", "split.rule")("x")
    with pytest.raises(RowError, match=r"\.leave raised SystemExit$"):
        load_function(f"{name}:leave", "split.rule")("x")


def test_a_stages_key_gets_paths_and_hashes_and_nothing_for_built_in_names() -> None:
    assert key_inputs("split.rule", ["words"]) == {}
    one, two = write_module(SOURCE), write_module(SOURCE + "# two")
    inputs = key_inputs("clean.filters", [f"{one}:cut", f"{two}:cut"])
    sources = [load_function(f"{name}:cut", "clean.filters").source for name in (one, two)]
    assert inputs == {"clean.filters": f"{one}:cut {sources[0]}, {two}:cut {sources[1]}"}
    write_module(SOURCE + "# edited", one)
    assert key_inputs("clean.filters", [f"{one}:cut", f"{two}:cut"]) != inputs
