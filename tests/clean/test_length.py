"""Lengths at their limits, in words and in characters."""

import pytest

from secondhalf.clean.length import LengthSettings, check_length
from secondhalf.rows import Document


@pytest.mark.parametrize(
    ("text", "score", "reason"),
    [
        ("one two", 2, "too short"),
        ("one two three", 3, ""),
        ("one two three four five", 5, ""),
        ("a b c d e f", 6, "too long"),
        ("猫が", 2, "too short"),
        ("猫が好き 。", 5, ""),
        ("", 0, "too short"),
    ],
)
def test_words_and_characters(text: str, score: int, reason: str) -> None:
    verdict = check_length(Document("d", text, "test"), LengthSettings(min_words=3, max_words=5))
    assert (verdict.check, verdict.score, verdict.passed, verdict.reason.partition(":")[0]) == (
        "length",
        score,
        not reason,
        reason,
    )
