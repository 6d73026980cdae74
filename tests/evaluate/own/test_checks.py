"""Kinds of checks that a recipe names a function for, beside the built-in ones."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.evaluate.own.checks import run_own_checks
from secondhalf.evaluate.own.prompts import OwnPrompt
from secondhalf.evaluate.settings import OwnSettings
from support.user_module import write_module

SOURCE = """
    def rhymes(answer, check):
        if "prose" in answer:
            raise ValueError("no line ends")
        return answer.rstrip(".").endswith(check["with"])

    def one(answer, check):
        return 1
    """
LENGTH = {"kind": "length", "unit": "words", "max": 9}
RHYME = {"kind": "rhyme", "with": "ea"}


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    return f"{write_module(SOURCE)}:rhymes"


def _run(answer: str, path: str, *checks: dict[str, Any]) -> dict[str, tuple[bool, str]]:
    prompt = OwnPrompt("p", "Write a line that rhymes.", "en", checks=checks)
    verdicts = run_own_checks(prompt, answer, {"rhyme": path})
    return {verdict.check: (verdict.passed, verdict.reason) for verdict in verdicts}


def test_both_kinds_stand_side_by_side(path: str) -> None:
    guards = dict.fromkeys(("empty", "echo", "loop"), (True, ""))
    assert _run("The wind blew over the sea.", path, RHYME, LENGTH) == {
        **guards,
        "length": (True, ""),
        path: (True, ""),
    }
    assert _run("The wind blew over the land.", path, RHYME) == {
        **guards,
        path: (False, "the check rhyme did not pass"),
    }
    reason = f"{path.replace(':', '.')} raised ValueError: no line ends"
    assert _run("This is prose.", path, RHYME)[path] == (False, reason)
    assert _run("", path, RHYME)["empty"] == (False, "the answer is empty")


@pytest.mark.parametrize("kind", ["rime", None, ["rhyme"]])
def test_an_unknown_kind_names_those_there_are(path: str, kind: object) -> None:
    with pytest.raises(
        UserError, match=r"p: the check kind .* is unknown; write one of length, .*, rhyme, or name a function"
    ):
        _run("The sea.", path, {"kind": kind})


def test_what_is_neither_true_nor_false_stops(path: str) -> None:
    one = path.replace(":rhymes", ":one")
    with pytest.raises(UserError, match=r"evaluate\.own\.checks: .*:one returned 1; it must return True or False"):
        _run("The sea.", one, RHYME)


def test_a_built_in_kind_keeps_its_name() -> None:
    assert OwnSettings(checks={"rhyme": "mine:rhymes"})
    with pytest.raises(ValidationError, match="length is a built-in kind of check; give yours another name"):
        OwnSettings(checks={"length": "mine:rhymes"})
