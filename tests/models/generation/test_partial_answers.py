"""Answers that were interrupted or killed go on at the token where they stopped, and are those of a run that was not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.evaluate.answers import SamplingOptions, answer_parts, generate_answers, read_answers  # noqa: E402
from secondhalf.evaluate.conversation import conversation_parts  # noqa: E402
from secondhalf.models.chat.template import Template  # noqa: E402
from secondhalf.models.generation import partial_answers  # noqa: E402
from secondhalf.models.generation.batch import SequenceBatch  # noqa: E402
from secondhalf.models.generation.continuous_batching import decode  # noqa: E402
from secondhalf.models.generation.partial_answers import PartialAnswers  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.store import Stage  # noqa: E402

TEXTS = ["a river", "the town and its old mill", "東京の天気", "one two three four five six", "what", "say it again"]
LONGEST = 24


class Stopped(BaseException):
    """In place of Ctrl-C, or of a kill where nothing is written any more."""


@dataclass(frozen=True)
class Single:
    id: str
    text: str


@dataclass(frozen=True)
class Question:
    id: str
    turns: tuple[str, str]


@pytest.fixture(scope="module")
def model(student: Path) -> StudentModel:
    local = StudentModel(student)
    local._base.float()  # rounding must not decide whether this test passes
    return local


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many tokens each step wrote, whoever asked."""
    counts: list[int] = []

    def watched(*arguments: Any, on_tokens: Any, **more: Any) -> Any:
        def counted(count: int) -> None:
            counts.append(count)
            on_tokens(count)

        return decode(*arguments, on_tokens=counted, **more)

    monkeypatch.setattr("secondhalf.models.generation.continuous_batching.decode", watched)
    return counts


def _stop_after(monkeypatch: pytest.MonkeyPatch, steps: int, *, killed: bool) -> None:
    """Stops in a step; a kill leaves what was kept two steps before."""
    inner, count = SequenceBatch.step, 0

    def step(batch: SequenceBatch) -> Any:
        nonlocal count
        count += 1
        if count == steps:
            if killed:
                monkeypatch.setattr(PartialAnswers, "write", lambda *_: None)
            raise Stopped
        if count == steps - 2:
            monkeypatch.setattr(partial_answers, "_EVERY", 0.0)
        elif count == steps - 1:
            monkeypatch.setattr(partial_answers, "_EVERY", 10.0)
        return inner(batch)

    monkeypatch.setattr(SequenceBatch, "step", step)
    monkeypatch.setattr(partial_answers, "_QUICK", 0.0)


def _answer(model: StudentModel, folder: Path, temperature: float) -> dict[str, tuple[str, int]]:
    prompts = [Single(f"p{n}", text) for n, text in enumerate(TEXTS)]
    stages = [(None, Stage(folder / "base"))]
    generate_answers(model, Template.named("plain"), SamplingOptions(LONGEST, temperature, 1), prompts, stages, "test")
    assert not list(folder.rglob("partial-*"))
    return {id: (answer.text, answer.tokens) for id, answer in read_answers(stages[0][1]).items()}


@pytest.mark.parametrize("temperature", [0.0, 1.0])
@pytest.mark.parametrize("killed", [False, True])
def test_answers_go_on_at_the_token_where_they_stopped(
    tmp_path: Path, model: StudentModel, written: list[int], temperature: float, killed: bool
):
    expected = _answer(model, tmp_path / "whole", temperature)
    whole = sum(written)
    written.clear()
    with pytest.MonkeyPatch.context() as patch:
        _stop_after(patch, 18, killed=killed)
        with pytest.raises(Stopped):
            _answer(model, tmp_path / "stopped", temperature)
    assert list((tmp_path / "stopped").rglob("partial-*"))
    before = sum(written)
    written.clear()
    assert _answer(model, tmp_path / "stopped", temperature) == expected
    lost = before + sum(written) - whole
    assert 0 <= lost <= (2 * len(TEXTS) if killed else 0)


def test_both_turns_go_on(tmp_path: Path, model: StudentModel, written: list[int]):
    def ask(folder: Path) -> list[Any]:
        questions: Sequence[Any] = [Question(f"q{n}", (text, "why?")) for n, text in enumerate(TEXTS)]
        stage = Stage(folder)
        heat = lambda one: float(one.id > "q2")  # noqa: E731
        parts = conversation_parts(questions, heat, 8, 5)
        answer_parts(model, Template.named("plain"), parts, [(None, stage)], "test")
        assert not list(folder.glob("partial-*"))
        return stage.read("answers").to_pylist()

    expected, whole = ask(tmp_path / "whole"), sum(written)
    written.clear()
    for steps in (12, 12):  # in the second turn of the first group, then later
        with pytest.MonkeyPatch.context() as patch:
            _stop_after(patch, steps, killed=False)
            with pytest.raises(Stopped):
                ask(tmp_path / "stopped")
    assert ask(tmp_path / "stopped") == expected
    assert sum(written) == whole


def test_what_was_kept_and_is_damaged_is_written_anew(tmp_path: Path, model: StudentModel):
    expected = _answer(model, tmp_path / "whole", 0.0)
    with pytest.MonkeyPatch.context() as patch:
        _stop_after(patch, 9, killed=False)
        with pytest.raises(Stopped):
            _answer(model, tmp_path / "stopped", 0.0)
    [file] = (tmp_path / "stopped").rglob("partial-*")
    file.write_bytes(file.read_bytes()[:-20])
    assert _answer(model, tmp_path / "stopped", 0.0) == expected


def test_quick_answers_leave_no_file(tmp_path: Path, model: StudentModel, monkeypatch: pytest.MonkeyPatch):
    kept: list[int] = []
    monkeypatch.setattr(PartialAnswers, "write", lambda *_: kept.append(1))
    _answer(model, tmp_path, 0.0)
    assert kept == []
