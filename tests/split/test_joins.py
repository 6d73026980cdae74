"""Signs stay whole, and so do words where they can."""

import pytest

from secondhalf.split.joins import splits_sign, splits_word

WHOLE = {
    "combining mark": "e\u0301",
    "voicing mark": "か\u3099",
    "half-width voicing mark": "ｶﾞ",
    "variation selector": "☺\ufe0f",
    "family": "👩\u200d👧",
    "skin tone": "👍🏽",
    "flag": "🇯🇵",
    "line end": "\r\n",
    "jamo": "\u1112\u1161\u11ab",
    "thai": "กำ",
}


@pytest.mark.parametrize("sign", WHOLE.values(), ids=WHOLE.keys())
def test_a_sign_is_never_torn(sign: str) -> None:
    text = f"a{sign}b"
    torn = [offset for offset in range(1, len(text)) if splits_sign(text, offset)]
    assert torn == list(range(2, len(sign) + 1))


def test_flags_in_a_row_come_apart_between_flags_only() -> None:
    text = "🇯🇵🇫🇷🇩🇪"
    assert [splits_sign(text, offset) for offset in range(1, 6)] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("before", "after", "torn"),
    [
        ("は", "東", False),  # a phrase ends, the next begins
        ("東", "京", True),
        ("コ", "ー", True),
        ("食", "べ", True),
        ("で", "す", True),
        ("す", "。", True),  # a stop belongs to what it ends
        ("。", "そ", False),
        ("「", "そ", True),
        ("A", "I", True),
    ],
)
def test_japanese_words(before: str, after: str, torn: bool) -> None:
    assert splits_word(before, after, japanese=True) is torn


def test_chinese_comes_apart_between_any_two_characters() -> None:
    assert not splits_word("学", "校", japanese=False)
    assert splits_word("校", "，", japanese=False)
    assert splits_word("A", "I", japanese=False)
