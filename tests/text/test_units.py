"""Units that are the same whatever stands around them, and where they stand in the text."""

import pytest

from secondhalf.text.quotations import without_quotations
from secondhalf.text.units import comparable_units, spaceless_units, unit_span


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Don’t stop!", "dont stop"),
        ("don't_stop", "dont stop"),
        ("deconta-\n  mination", "decontamination"),
        ("well-known -- e-mail", "well known e mail"),
        ("Ｆｕｌｌ　ｗｉｄｔｈ１", "full width1"),
        ("cafe\u0301 café", "café café"),
        ("so\u00adft zero\u200bwidth", "soft zerowidth"),
        ("ｶﾞｷﾞ", "ガ ギ"),
        ("He said 「日本で」.", "he said 日 本 で"),
        ("AIは便利", "ai は 便 利"),
        ("กข", "ก ข"),
        (" …\n", ""),
    ],
)
def test_units(text: str, units: str) -> None:
    assert comparable_units(text) == tuple(units.split())


def test_a_text_of_single_characters() -> None:
    assert spaceless_units(comparable_units("日本でAIを"))
    assert not spaceless_units(comparable_units("the word 川 means river"))
    assert not spaceless_units(())


@pytest.mark.parametrize(
    ("text", "first", "last", "span"),
    [
        ("Name a planet.", 1, 2, "a planet"),
        ("the deconta-\n  mination of", 1, 1, "deconta-\n  mination"),
        ("zero\u200bwidth cafe\u0301!", 1, 1, "cafe\u0301"),
        ("half ｶﾞｷﾞ!", 1, 2, "ｶﾞｷﾞ"),
        ("㍻ 2", 2, 2, "2"),
    ],
)
def test_spans_are_those_of_the_text_as_it_is(text: str, first: int, last: int, span: str) -> None:
    start, end = unit_span(text, first, last)
    assert text[start:end] == span


def test_quotations_are_blanked_and_offsets_stay() -> None:
    text = 'He said “no” and "yes", 「いいえ」 and «non»; 5" of "rain\nfell'
    blanked = without_quotations(text)
    assert len(blanked) == len(text)
    assert blanked.split() == ["He", "said", "and", ",", "and", ";", "5", "rain", "fell"]
