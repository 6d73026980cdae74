"""The verdicts of users' functions: under their path, with a reason, and an error where no row is right."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.extensions.verdicts import check_rows, verdicts_of
from secondhalf.rows import Document, Verdict, to_table
from support.user_module import write_module

SOURCE = """
    import numpy as np
    from secondhalf.rows import Verdict

    def short(document):
        size = len(document.text.split())
        return Verdict("", "", size < 5, np.float32(size), "" if size < 5 else "long \\ud800: \\u202e" + str(size))

    def twice(document):
        return [Verdict("", "", True, 1), Verdict("", "", False, 0, start=np.int64(0), end=3)]

    def nothing(document):
        return []

    def raises(document):
        return {}[document.text]

    def yes(document):
        return True

    def numpy_bool(document):
        return Verdict("", "", np.bool_(True), 1.0)

    def no_score(document):
        return [Verdict("", "", True, None)]

    def mixed(document):
        return [Verdict("", "", True, 1.0), "fine"]

    def nan(document):
        return Verdict("", "", False, np.float32("nan"))

    def endless(document):
        return Verdict("", "", True, 10**400)

    def far(document):
        return Verdict("", "", False, 1.0, start=0, end=2**70)
    """
ROW = Document("d1", "one two three four five six", "test")


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return write_module(SOURCE)


def test_a_verdict_has_the_rows_id_and_the_functions_path(name: str) -> None:
    path = f"{name}:short"
    (verdict,) = verdicts_of(ROW, path, "clean.filters")
    assert verdict == Verdict("d1", path, False, 6.0, "long ⟨U+D800⟩: ⟨U+202E⟩6")
    assert to_table(Verdict, [verdict]).num_rows == 1


def test_several_verdicts_and_none(name: str) -> None:
    path = f"{name}:twice"
    assert verdicts_of(ROW, path, "f") == [
        Verdict("d1", path, True, 1.0),
        Verdict("d1", path, False, 0.0, f"refused by {name}.twice", 0, 3),
    ]
    assert verdicts_of(ROW, f"{name}:nothing", "f") == []


def test_a_row_on_which_it_raises_is_refused(name: str) -> None:
    path = f"{name}:raises"
    assert verdicts_of(ROW, path, "f") == [
        Verdict("d1", path, False, 0.0, f"{name}.raises raised KeyError: '{ROW.text}'")
    ]


@pytest.mark.parametrize("function", ["yes", "numpy_bool", "no_score", "mixed", "nan", "endless", "far"])
def test_what_is_no_verdict_stops(name: str, function: str) -> None:
    with pytest.raises(UserError, match=rf"audit\.checks: {name}:{function} returned .*; it must return a Verdict \("):
        verdicts_of(ROW, f"{name}:{function}", "audit.checks")


def test_a_function_that_raised_on_every_row_is_an_error_and_one_that_did_not_is_none() -> None:
    failed = [Verdict(id, "a:b", False, 0.0, "a.b raised ValueError: no") for id in "xy"]
    other = Verdict("x", "empty", True, 1.0)
    tables = [to_table(Verdict, [one, other]) for one in failed]
    with pytest.raises(
        UserError, match=r"audit\.checks: a:b failed on every row: .* first: a\.b raised ValueError: no\."
    ):
        check_rows(tables, "audit.checks", ["words", "a:b"])
    check_rows(tables, "audit.checks", ["words", "c:d"])
    for fine in (Verdict("z", "a:b", True, 1.0), Verdict("z", "a:b", False, 0.0, "too long")):
        check_rows([*tables, to_table(Verdict, [fine])], "audit.checks", ["a:b"])
