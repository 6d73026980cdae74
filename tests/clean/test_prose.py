"""Running text against tables, code and grammars."""

import pytest

from secondhalf.clean.prose import ProseSettings, check_prose
from secondhalf.rows import Document


@pytest.mark.parametrize(
    ("text", "score", "reason"),
    [
        ("Seven letters of ten 3.", 17 / 19, ""),
        ("abcdefg123", 0.7, ""),
        ("abcdef1234", 0.6, "too few letters"),
        ("図書館は、２０", 4 / 7, "too few letters"),
        ("", 0.0, "too few letters"),
        ("a line of words\n>>> a prompt\nanother line of words", 37 / 40, ""),
        ("a line of words\n>>> a prompt\ndef something", 31 / 34, "mostly code"),
        ("word ::= more words\n      deeply indented words", 32 / 35, "mostly code"),
    ],
)
def test_shares_at_their_limits(text: str, score: float, reason: str) -> None:
    verdict = check_prose(Document("d", text, "test"), ProseSettings(max_code_lines=0.4))
    assert (verdict.passed, verdict.reason.partition(":")[0]) == (not reason, reason)
    assert verdict.score == pytest.approx(score)
