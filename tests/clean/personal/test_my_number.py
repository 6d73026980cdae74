"""Japan's individual numbers: the ordinance's check digit, and the word that has to stand near."""

import pytest

from secondhalf.clean.personal.my_number import my_numbers


def matches(text, **settings):
    return [text[start:end] for start, end in my_numbers(text, **settings)]


def holds(number):
    return matches(number, near="nothing") == [number]


def test_the_check_digit_of_the_ordinance():
    assert [d for d in "0123456789" if holds("12345678901" + d)] == ["8"]
    # A remainder of 0 or 1 gives 0: eleven zeros, and 1 at the place of weight 6 and 6 at that of weight 2.
    assert holds("000000000000")
    assert holds("100000000005")
    assert holds("200000000000")


@pytest.mark.parametrize("sign", ["", " ", "-", "‐", "−", "–", "ー"])
def test_every_sign_between_the_groups(sign):
    assert holds(sign.join(["1234", "5678", "9018"]))
    assert not holds(sign.join(["1234", "5678", "9017"]))


@pytest.mark.parametrize(
    "text",
    ["マイナンバーは123456789018です", "個人番号（1234 5678 9018）", "1234-5678-9018（マイナンバー）", "My Number: 1234 5678 9018", "ﾏｲﾅﾝﾊﾞｰ 123456789018"],
)  # fmt: skip
def test_with_a_word_near(text):
    assert [number.replace(" ", "").replace("-", "") for number in matches(text)] == ["123456789018"]


@pytest.mark.parametrize(
    "text",
    ["伝票番号 1234 5678 9018", "123456789018", "個人番号 123456789012", "マイナンバー 1234567890180", "法人番号 1123456789018",
     "マイナンバー" + "あ" * 60 + "123456789018", "[my number] 1234 5678 9018", "マイナンバー 1234 56789018"],
)  # fmt: skip
def test_leaves_alone(text):
    assert matches(text) == []


def test_what_has_to_be_near_is_a_setting():
    assert matches("伝票番号 1234 5678 9018", near="words or groups") == ["1234 5678 9018"]
    assert matches("伝票番号 123456789018", near="words or groups") == []
    assert matches("伝票番号 123456789018", near="nothing") == ["123456789018"]


@pytest.mark.parametrize("word", ["マイナンバー", "my number"])
def test_how_near_a_word_has_to_stand(word):
    """Within 40 characters before the number, or 16 after it, whole."""
    number = "123456789018"
    for before in (40 - len(word), 41 - len(word)):
        assert matches(word + "。" * before + number) == ([number] if before + len(word) <= 40 else [])
    for after in (16 - len(word), 17 - len(word)):
        assert matches(number + "。" * after + word) == ([number] if after + len(word) <= 16 else [])
