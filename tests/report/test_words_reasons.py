"""Why a row was left out, in the page's language: every reason that a stage records has words, and no other."""

from fnmatch import fnmatchcase

import pytest

from secondhalf.report import words
from secondhalf.report.places import as_phrase
from secondhalf.report.words import reason
from support.recorded import reasons, texts_of

REASONS = words._sections("en")["reasons"]


@pytest.mark.parametrize(
    ("recorded", "english", "japanese"),
    [
        ("too short", "too short", "短すぎる"),
        ("near-duplicate: of 3fa9", "near-duplicate", "他の文書とほぼ同一"),
        (
            "the reply is in {0} <b>, not en",
            "the reply is in {0} <b>, not en",
            "応答の言語（{0} <b>）が前半の言語（en）と異なる",
        ),
        ("the reply is in de, not en", "the reply is in de, not en", "応答の言語（de）が前半の言語（en）と異なる"),
        ("a reason of one's own: {x}", "a reason of one's own: {x}", "a reason of one's own: {x}"),
    ],
)
def test_reasons_in_the_page_s_language(recorded: str, english: str, japanese: str) -> None:
    assert (reason("en", recorded), reason("ja", recorded)) == (english, japanese)


def test_every_reason_that_a_stage_records_has_words() -> None:
    phrases = [as_phrase(key) for key in REASONS]
    without = [
        recorded
        for recorded in reasons()
        if not any(phrase.fills(recorded) is not None for phrase in phrases)
        and not any(fnmatchcase(key, recorded) for key in REASONS)
    ]
    assert not without
    assert {"too short", "unfinished", "repeated sentences", "an empty answer", "not *"} <= reasons()


def test_no_words_for_a_reason_that_no_stage_records() -> None:
    recorded = reasons()
    assert not [
        key
        for key in REASONS
        if not any(as_phrase(key).fills(one) is not None or fnmatchcase(key, one) for one in recorded)
    ]


def test_recorded_follows_names_and_calls() -> None:
    source = """
PARTS = "of a constant"
def rows(text):
    for part in ("one", "two"):
        yield part, f"repeated {part}" if text else ""
def why(error):
    return "broken" if error else f"torn: {error}"
def judge(name, reason):
    Verdict(1, name, reason)
judge("a", PARTS)
def all_of(text):
    return [Verdict(1, name, reason) for name, reason in (*rows(text), ("b", why(text)))]
Verdict(1, "c", str(text))
"""
    expected = {"of a constant", "repeated one", "repeated two", "", "broken", "torn: *", "*"}
    assert texts_of(source, {"Verdict": 2}) == expected
    assert texts_of(source, {"Verdict": 1}) == {"a", "one", "two", "b", "c"}
