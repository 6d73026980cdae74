"""Each filter refuses what it is for and nothing else; every verdict is kept."""

import pytest

from secondhalf.clean.stage import CleanSettings, clean
from secondhalf.rows import Document, Verdict, digest, from_table, to_table

ENGLISH = "The town council met on Monday evening to discuss the new library. " * 8
JAPANESE = "町の図書館は来年の春に新しい建物へ移る予定です。市民の意見を聞く会が開かれました。" * 4


def _clean(*texts: str, **settings):
    rows = [Document(digest(text), text, "test") for text in texts]
    return clean(to_table(Document, rows), CleanSettings(**settings))


def test_english_and_japanese_prose_passes_with_its_language():
    kept, rejects, verdicts = _clean(ENGLISH, JAPANESE)
    assert kept.column("language").to_pylist() == ["en", "ja"]
    assert rejects.num_rows == 0
    assert {verdict.check for verdict in from_table(Verdict, verdicts)} == {"length", "language", "prose", "characters"}


@pytest.mark.parametrize(
    ("text", "check", "reason"),
    [
        ("Too short to split.", "length", "too short"),
        ("短すぎる文章です。", "length", "too short"),
        ("x = 1; y = {2: 3}; z[4] = 5 ** 6\n" * 30, "prose", "too few letters"),
        (">>> print('hello world and more words')\n" * 30, "prose", "mostly code"),
        (ENGLISH + "\u202e" + ENGLISH, "characters", "control characters or a broken encoding"),
        (ENGLISH + "\x00", "characters", "control characters or a broken encoding"),
        (ENGLISH + "\ufffd", "characters", "control characters or a broken encoding"),
    ],
)
def test_what_is_refused_says_by_what_and_why(text: str, check: str, reason: str):
    kept, rejects, _ = _clean(text, ENGLISH)
    assert kept.num_rows == 1
    assert [(row["check"], row["reason"]) for row in rejects.to_pylist()] == [(check, reason)]


def test_a_language_that_was_not_asked_for():
    _, rejects, _ = _clean(ENGLISH, JAPANESE, language={"allowed": ["ja"]})
    assert [(row["text"], row["reason"]) for row in rejects.to_pylist()] == [(ENGLISH, "language not allowed")]


def test_the_text_itself_is_not_changed():
    kept, _, _ = _clean("  " + ENGLISH + "\n")
    assert kept.column("text").to_pylist() == ["  " + ENGLISH + "\n"]
