"""Replies by how likely the untouched student finds them."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.models.request import RefusedError, Reply
from secondhalf.rows import Pair, to_table
from secondhalf.teach.candidates import Candidate
from secondhalf.teach.fit import StudentFit, likeliest
from secondhalf.teach.settings import TeachSettings
from secondhalf.teach.stage import teach_pairs

PLAIN = Template.named("plain")


def _candidates(*replies: tuple[str, str]) -> list[Candidate]:
    return [Candidate.of("p", number, Reply(text, finish, 5, 10)) for number, (text, finish) in enumerate(replies)]


@pytest.mark.parametrize(
    ("replies", "values", "chosen"),
    [
        ([("a", "stop"), ("b", "stop")], [-2.0, -1.0], 1),
        ([("a", "stop"), ("b", "length")], [-2.0, -1.0], 0),  # finished ones first
        ([("", "stop"), ("b", "length")], [None, -9.0], 1),  # empty ones last
        ([("a", "stop"), ("b", "stop")], [-1.0, -1.0], 0),  # the first of equals
        ([("a", "stop"), ("b", "stop")], [None, -9.0], 1),  # one that could not be read
        ([("", "stop"), ("", "length")], [None, None], 0),
    ],
)
def test_finished_then_likeliest_and_empty_last(replies: list, values: list, chosen: int):
    assert likeliest(_candidates(*replies), values).number == chosen


def test_likelihoods_are_a_tokens_mean_and_none_where_there_is_none(student: Path):
    fit = StudentFit(resolve(str(student)), PLAIN)
    prompt, short, long = "The river runs past the old mill", "The baker buys flour.", "the children fish " * 2
    values = fit.loglikelihoods([(prompt, short), (prompt, ""), (prompt, long), (prompt, "river " * 200_000)], "t")
    model = StudentModel(student)
    encoded = [
        (PLAIN.encode_prompt(model.tokenizer, prompt), PLAIN.encode_response(model.tokenizer, text, ended=False))
        for text in (short, long)
    ]
    expected = [total / tokens for total, tokens in model.loglikelihood(encoded)]
    assert [values[0], values[2]] == pytest.approx(expected, abs=0.02)
    assert values[1] is None
    assert values[3] is None
    fit.close()
    assert fit.loglikelihoods([], "t") == []


class _Counted(StudentFit):
    """Finds a reply the likelier the shorter it is, and counts what it reads."""

    def __init__(self) -> None:
        self.read: list[tuple[str, str]] = []

    def loglikelihoods(self, pairs, label):
        self.read += pairs
        return [-float(len(response)) if response else None for _, response in pairs]


def test_the_student_chooses_keeps_its_scores_and_is_not_asked_about_one_reply():
    texts = ["a longer reply", "short", "", "cut"]
    fit = _Counted()

    def send(requests, label):
        for request in requests:
            row, _, number = request.id.partition("#")
            index = int(number or 0)
            refused = row == "p1" and index
            reply = Reply(texts[index], "length" if index == 3 else "stop", 1, 2)
            yield request.id, RefusedError("no") if refused else reply

    pairs = to_table(Pair, [Pair(f"p{n}", f"d{n}", "words", "en", "The river", " and") for n in range(2)])
    settings = TeachSettings(model="dummy", replies=4, choose="student")
    rows, _, _, extra = teach_pairs(pairs, settings, send, "t", fit=fit)
    assert rows.column("response").to_pylist() == ["short", "a longer reply"]
    assert [prompt for prompt, _ in fit.read] == ["The river"] * 4  # of p0 alone
    scores = {row["id"]: row["value"] for row in extra["scores"].to_pylist()}
    assert scores == {"p0#0": -14.0, "p0#1": -5.0, "p0#3": -3.0}
    assert {row["figure"] for row in extra["scores"].to_pylist()} == {"loglikelihood"}
    assert sum(extra["candidates"].column("chosen").to_pylist()) == 2


def test_without_a_student_it_is_said_and_nothing_else_chosen():
    def send(requests, label):
        return ((request.id, Reply("a reply", "stop", 1, 2)) for request in requests)

    pairs = to_table(Pair, [Pair("p", "d", "words", "en", "The river", " and")])
    with pytest.raises(UserError, match=r"teach\.choose: student needs the student"):
        teach_pairs(pairs, TeachSettings(model="dummy", replies=2, choose="student"), send, "t")
