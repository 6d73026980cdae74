"""What a judge of contradictions is asked, and how its word is read."""

import pytest
from pydantic import ValidationError

from secondhalf.audit.contradiction import ContradictionSettings, contradiction_request, contradiction_verdict
from secondhalf.models.request import RefusedError, Reply
from secondhalf.rows import Pair

PAIR = Pair("p", "d", "words", "en", "He was born in 1921. {continuation}", "", "In 1930 he was five.", "t", "stop")


def test_the_texts_stand_where_the_wording_has_their_places() -> None:
    settings = ContradictionSettings(model="m", wording="A {text} B {continuation} C")
    request = contradiction_request(PAIR, settings)
    assert request.id == "p"
    assert request.messages == (("user", "A He was born in 1921. {continuation} B In 1930 he was five. C"),)
    with pytest.raises(ValidationError, match="once each"):
        ContradictionSettings(model="m", wording="{text} alone")


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("Yes.", 1.0),
        ("**no**", 0.0),
        ("<think>It says yes twice.</think>\nNo", 0.0),
        ("ＹＥＳ", 1.0),
        ("はい、矛盾しています。", 1.0),
        ("いいえ", 0.0),
        ("Nothing to say, yesterday.", None),
    ],
)
def test_the_first_yes_or_no_counts(text: str, score: float | None) -> None:
    verdict = contradiction_verdict("p", Reply(text, "stop", 1, 1))
    assert (verdict.id, verdict.check, verdict.passed, verdict.score) == (
        "p",
        "contradiction",
        score != 1.0,
        score or 0.0,
    )
    assert (verdict.reason == "no word of the judge on contradictions") == (score is None)


def test_a_refused_question_refuses_no_pair() -> None:
    verdict = contradiction_verdict("p", RefusedError("no"))
    assert (verdict.passed, verdict.reason) == (True, "no word of the judge on contradictions")
