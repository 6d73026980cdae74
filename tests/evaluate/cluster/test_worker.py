"""A worker that answers, by itself: what it is told is kept, what a node lacks is one sentence with its name."""

import os
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.errors import UserError
from secondhalf.evaluate.answers import PromptPart, SamplingOptions
from secondhalf.evaluate.cluster.worker import AnswerWorker, PartRequest, Place, Student
from secondhalf.models.chat.template import Template
from secondhalf.models.generation import partial_answers
from secondhalf.models.generation.partial_answers import Tokens
from secondhalf.models.on_node import model_code
from secondhalf.models.reference import Model, resolve

PART = PromptPart([("p1", "a river"), ("p2", "an old mill")], SamplingOptions(12, 0.0, 1))


@pytest.fixture
def worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AnswerWorker:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return AnswerWorker("n7 (10.0.0.7)")


def _student(model: Model, **other: str) -> Student:
    return Student({**model_code(), **other}, os.getcwd(), model, None, "transformers")


def _request(earlier: dict[Place, Tokens] | None = None) -> PartRequest:
    return PartRequest(PART, Template.named("plain"), [None], 1.0, "test", earlier or {})


def test_answers_go_on_behind_what_was_kept(
    worker: AnswerWorker, student: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partial_answers, "_EVERY", 0.0)
    monkeypatch.setattr(partial_answers, "_TIMES", 0)
    news: list[Any] = []
    report = AnswerWorker.report
    monkeypatch.setattr(
        AnswerWorker, "report", lambda self, place, tokens: (report(self, place, tokens), news.append(self.news()))
    )
    model = _student(resolve(str(student)))
    answers = worker.answer(model, _request())
    steps, kept = news[5]
    assert list(kept) == [("partial", 0)]
    assert [len(ids) for ids in kept["partial", 0].values()] == [6, 6]
    before = worker.news()[0]
    assert worker.news() == (before, {})
    assert worker.answer(model, _request(kept)) == answers
    assert worker.news()[0] - before == before - steps + 1  # it tells of what it finds, too
    assert [answer.id for answer in answers[0]] == ["p1", "p2"]


def test_a_node_without_the_model_s_file(worker: AnswerWorker) -> None:
    with pytest.raises(
        UserError, match=r"^Node n7 \(10\.0\.0\.7\): there is no model at /no/such/student: put it there"
    ):
        worker.answer(_student(Model("/data/student", Path("/no/such/student"), "0" * 64)), _request())


def test_a_node_with_another_torch(worker: AnswerWorker, student: Path) -> None:
    with pytest.raises(UserError, match=r"^Node n7 \(10\.0\.0\.7\) has torch .* instead of 0\.4\.1: install there"):
        worker.answer(_student(resolve(str(student)), torch="0.4.1"), _request())


def test_its_folder_goes_with_it(worker: AnswerWorker, tmp_path: Path) -> None:
    assert list(tmp_path.iterdir())
    worker.close()
    assert not list(tmp_path.iterdir())
