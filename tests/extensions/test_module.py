"""What is hashed is what is run; what is missing is named."""

import hashlib
import importlib
import sys
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.extensions.module import module_of
from support.user_module import write_module


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _hash(name: str) -> str:
    return hashlib.sha256(Path(f"{name}.py").read_bytes()).hexdigest()


def test_the_hash_is_that_of_the_file_and_the_folder_is_importable_only_meanwhile() -> None:
    write_module("EDGE = 7", "helper_of_mine")
    name = write_module("from helper_of_mine import EDGE")
    before = list(sys.path)
    module, source = module_of(name, "split.rule", again=False)
    assert (module.EDGE, source) == (7, _hash(name))
    assert sys.path == before
    write_module("", "another_of_mine")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("another_of_mine")


def test_an_edit_of_the_same_length_is_seen_and_an_older_import_does_not_stand_in(monkeypatch) -> None:
    name = write_module("N = 1")
    monkeypatch.syspath_prepend(".")
    assert importlib.import_module(name).N == 1  # and its bytecode is on the disk now, with this second's time
    write_module("N = 2", name)
    module, source = module_of(name, "split.rule", again=True)
    assert (module.N, source) == (2, _hash(name))
    write_module("N = 3", name)
    assert module_of(name, "split.rule", again=False)[0].N == 2
    assert module_of(name, "split.rule", again=True)[0].N == 3
    assert sys.modules[name].N == 3


def test_a_file_that_did_not_change_is_not_run_again() -> None:
    name = write_module("MADE = object()")
    first = module_of(name, "split.rule", again=True)
    assert module_of(name, "split.rule", again=True)[0] is first[0]


def test_a_module_of_a_package_and_a_record_in_it() -> None:
    write_module("", "pack_of_mine.__init__")
    write_module("LIMIT = 3", "pack_of_mine.limits")
    source = """
        from __future__ import annotations
        from dataclasses import dataclass
        from pack_of_mine.limits import LIMIT
        from .limits import LIMIT as again

        @dataclass
        class Place:
            offset: int = LIMIT + again
        """
    assert module_of(write_module(source, "pack_of_mine.rules"), "f", again=False)[0].Place().offset == 6


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("1 +", r"split\.rule: the module NAME raised SyntaxError: invalid syntax .*line 1\) while it was imported\."),
        ("x = {}['a\u202e']", r"NAME raised KeyError: 'a\\u202e' while it was imported"),
        ("import not_there_of_mine", r"NAME raised ModuleNotFoundError: No module named 'not_there_of_mine' while"),
        ("import sys; sys.exit(3)", r"NAME raised SystemExit: 3 while it was imported"),
    ],
)
def test_a_module_that_raises_says_so_in_its_own_words(source: str, sentence: str) -> None:
    name = write_module(source)
    with pytest.raises(UserError, match=sentence.replace("NAME", name)) as caught:
        module_of(name, "split.rule", again=False)
    assert "\n" not in str(caught.value)
    assert name not in sys.modules


def test_a_module_that_is_broken_later_leaves_the_one_that_worked_to_others() -> None:
    name = write_module("N = 1")
    module_of(name, "split.rule", again=True)
    write_module("N = ", name)
    with pytest.raises(UserError, match="SyntaxError"):
        module_of(name, "split.rule", again=True)
    assert sys.modules[name].N == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "nowhere_of_mine",
            r"clean\.filters: there is no module nowhere_of_mine, neither in the current folder \(.*\) nor",
        ),
        (
            "nowhere_of_mine.rules",
            r"there is no module nowhere_of_mine\.rules, .* where nowhere_of_mine/rules\.py stands",
        ),
        ("os", r"clean\.filters: os is a module of Python itself"),
        ("os.path", r"os\.path is a module of Python itself"),
        ("builtins", r"builtins is a module of Python itself"),
        ("pyarrow.lib", r"the module pyarrow\.lib has no source file"),
        ("folder_of_mine", r"the module folder_of_mine has no source file"),
        ("broken_of_mine.rules", r"importing broken_of_mine\.rules raised ZeroDivisionError: division by zero\."),
        (
            "needs_of_mine.rules",
            r"importing needs_of_mine\.rules raised ModuleNotFoundError: No module named 'not_there_of_mine'",
        ),
    ],
)
def test_a_module_that_is_not_there(name: str, sentence: str) -> None:
    Path("folder_of_mine").mkdir()
    write_module("1 / 0", "broken_of_mine.__init__")
    write_module("import not_there_of_mine", "needs_of_mine.__init__")
    with pytest.raises(UserError, match=sentence):
        module_of(name, "clean.filters", again=False)
