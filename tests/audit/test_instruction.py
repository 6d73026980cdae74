"""Each kind of instructional content in a prompt and in a response, with its span; prose that only comes near it."""

import pytest

from secondhalf.audit.instruction import check_instruction
from secondhalf.rows import Pair


def _pair(text: str) -> Pair:
    return Pair("p", "d", "words", "en", text, "", text)


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("It was late.\nUser: And then?", "turn", "User:"),
        ("### Instruction: go on", "turn", "### Instruction:"),
        ("指示：続きを書く", "turn", "指示："),
        ("Could you please write me a letter", "request", "Could you please write me"),
        ("町の話です。要約してください。", "request", "要約してください"),
    ],
)
def test_turns_and_requests_are_found_on_both_sides(text: str, kind: str, span: str) -> None:
    for in_prompt, side in ((True, "prompt"), (False, "response")):
        verdict = check_instruction(_pair(text), in_prompt=in_prompt)
        assert (verdict.check, verdict.passed, verdict.score) == (f"instruction_{side}", False, 1.0)
        assert verdict.reason == f"instructional or conversational ({kind}) in the {side}"
        assert text[verdict.start : verdict.end].strip() == span


@pytest.mark.parametrize(
    "text", ["Certainly! The story goes on.", "As an AI, I have no view.", "以下は文章の続きです。"]
)
def test_an_assistant_speaks_in_responses_alone(text: str) -> None:
    assert check_instruction(_pair(text), in_prompt=True).passed
    assert not check_instruction(_pair(text), in_prompt=False).passed


@pytest.mark.parametrize("text", ["He gave a list of books.", "The user: a history", "She wrote it down for us.", ""])
def test_prose_is_no_instruction(text: str) -> None:
    verdicts = [check_instruction(_pair(text), in_prompt=side) for side in (True, False)]
    assert [(verdict.passed, verdict.score, verdict.start) for verdict in verdicts] == [(True, 0.0, -1)] * 2
