"""What a judge of instruction-like content is asked, and what its word does to a pair."""

import pytest
from pydantic import ValidationError

from secondhalf.audit.instruction_judge import InstructionJudgeSettings, instruction_request, instruction_verdict
from secondhalf.models.request import RefusedError, Reply
from secondhalf.rows import Pair

PAIR = Pair("p", "d", "words", "en", "List three {continuation}s.", "", "One, two, three.", "t", "stop")


def test_both_halves_stand_in_the_question_as_they_are() -> None:
    settings = InstructionJudgeSettings(model="m")
    [(role, message)] = instruction_request(PAIR, settings).messages
    assert role == "user"
    assert message.count("List three {continuation}s.") == message.count("One, two, three.") == 1
    with pytest.raises(ValidationError, match="once each"):
        InstructionJudgeSettings(model="m", wording="{continuation} {text} {text}")


@pytest.mark.parametrize(
    ("text", "refuse", "passed", "score"),
    [
        ("Yes.", True, False, 1.0),
        ("Yes.", False, True, 1.0),
        ("いいえ", True, True, 0.0),
        ("Perhaps.", True, True, 0.0),
    ],
)
def test_a_yes_refuses_where_instructions_are_refused(text: str, refuse: bool, passed: bool, score: float) -> None:
    verdict = instruction_verdict("p", Reply(text, "stop", 1, 1), refuse=refuse)
    assert (verdict.id, verdict.check, verdict.passed, verdict.score) == ("p", "instruction_judge", passed, score)
    assert bool(verdict.reason) == (score == 1.0 or text == "Perhaps.")


def test_a_refused_question_refuses_no_pair() -> None:
    verdict = instruction_verdict("p", RefusedError("no"))
    assert (verdict.passed, verdict.reason) == (True, "no word of the judge on instructions")
