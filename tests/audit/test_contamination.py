"""Shares of evaluation prompts that stand in a pair, worked out by hand."""

import pytest

from secondhalf.audit.contamination import OverlapIndex, check_contamination
from secondhalf.rows import Pair

TEN = "one two three four five six seven eight nine ten"
INDEX = OverlapIndex.of(
    {"ten": TEN, "short": "name a planet", "empty": " …", "ja": "日本で一番高い山の名前を書いてください"}
)


def test_the_share_counts_units_that_lie_in_a_shared_run_of_eight() -> None:
    assert INDEX.covered_shares("Zero ONE, two three four five six seven eight; and more") == {"ten": 0.8}
    assert INDEX.covered_shares("one two three four five six seven and eight nine ten") == {}
    assert INDEX.covered_shares(TEN) == {"ten": 1.0}


def test_a_short_prompt_counts_only_as_a_whole() -> None:
    assert INDEX.covered_shares("They had to name a planet.") == {"short": 1.0}
    assert INDEX.covered_shares("They had to name a star.") == {}


def test_the_most_covered_prompt_is_named() -> None:
    assert INDEX.most_covered(f"{TEN[:-4]} name a planet") == ("short", 1.0)
    assert INDEX.most_covered("nothing of it") == ("", 0.0)
    assert INDEX.most_covered("") == ("", 0.0)


@pytest.mark.parametrize(
    ("prompt", "response", "share", "reason"),
    [
        ("", f"It read: {TEN}.", 1.0, "holds the evaluation prompt ten"),
        (f"It read: {TEN}.", "", 1.0, "holds the evaluation prompt ten"),
        ("", "「日本で一番高い山の名前を書いてく」", 16 / 19, "holds the evaluation prompt ja"),
        ("one", "two", 0.0, ""),
    ],
)
def test_a_pair_is_refused_for_its_prompt_and_for_its_response(
    prompt: str, response: str, share: float, reason: str
) -> None:
    verdict = check_contamination(Pair("p", "d", "words", "en", prompt, "", response), INDEX)
    assert (verdict.passed, verdict.score, verdict.reason) == (not reason, pytest.approx(share), reason)


def test_exactly_half_passes() -> None:
    index = OverlapIndex.of({"long": " ".join(f"word{n}" for n in range(16))})
    half, more = (" ".join(f"word{n}" for n in range(count)) for count in (8, 9))
    assert check_contamination(Pair("p", "d", "words", "en", half, ""), index).passed
    assert not check_contamination(Pair("p", "d", "words", "en", more, ""), index).passed
