"""A pair that holds an evaluated text is refused, with its benchmark, item, part and place."""

import pytest

from secondhalf.audit.contamination import check_contamination
from secondhalf.audit.overlap import EvaluatedText, OverlapIndex
from secondhalf.rows import Pair

TEN = "one two three four five six seven eight nine ten"
JA = "日本で一番高い山の名前を書いてください"
INDEX = OverlapIndex(
    [
        EvaluatedText("ifeval", "ten", "prompt", TEN),
        EvaluatedText("own", "ja", "turn 2", JA),
        EvaluatedText("everyday", "river", "answer", "The Seine ends in the Channel near Le Havre."),
    ]
)


def _pair(prompt: str, response: str) -> Pair:
    return Pair("p", "d", "words", "en", prompt, "", response)


@pytest.mark.parametrize(
    ("prompt", "response", "share", "place", "span"),
    [
        ("", f"It read: {TEN}.", 1.0, "ifeval ten (prompt), in the response", TEN),
        (f"It read: {TEN}.", "", 1.0, "ifeval ten (prompt), in the prompt", TEN),
        ("It read: one two three four", "five six seven eight nine and", 0.9, "ifeval ten (prompt), across both halves", ""),
        ("", f"「{JA[:17]}」", 17 / 19, "own ja (turn 2), in the response", JA[:17]),
        ("", "the  SEINE ends\nin the channel, near Le Havre", 1.0, "everyday river (answer), in the response",
         "the  SEINE ends\nin the channel, near Le Havre"),
    ],
)  # fmt: skip
def test_where_it_stands_is_told(prompt: str, response: str, share: float, place: str, span: str) -> None:
    verdict = check_contamination(_pair(prompt, response), INDEX)
    assert (verdict.id, verdict.check, verdict.passed) == ("p", "contamination", False)
    assert (verdict.score, verdict.reason) == (pytest.approx(share), f"holds an evaluation text: {place}")
    assert (prompt if "in the prompt" in place else response)[
        verdict.start : verdict.end
    ] == span or verdict.start == -1


def test_what_is_covered_less_passes_with_its_share() -> None:
    assert check_contamination(_pair("one", "two"), INDEX).score == 0.0
    index = OverlapIndex.of({"long": " ".join(f"word{n}" for n in range(16))})
    half, more = (" ".join(f"word{n}" for n in range(count)) for count in (8, 9))
    assert (check_contamination(_pair(half, ""), index).passed, check_contamination(_pair(half, ""), index).score) == (
        True,
        0.5,
    )
    assert not check_contamination(_pair(more, ""), index).passed


def test_several_are_counted() -> None:
    verdict = check_contamination(_pair(TEN, f"{JA} {TEN}"), INDEX)
    assert verdict.reason == "holds an evaluation text: ifeval ten (prompt), in the prompt, and 1 more"
