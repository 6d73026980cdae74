"""What every text passes: full-width signs folded, and places of long numbers, none of them missed."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.personal.gate import fold_full_width, number_spans


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789 -.()－ー（）あx", max_size=80))
def test_the_gate_lets_every_long_number_through(text):
    digits = [i for i, c in enumerate(text) if c in "0123456789"]
    for first, last in zip(digits, digits[8:], strict=False):
        if "x" not in text[first : last + 1]:
            assert any(start <= first and last < end for start, end in number_spans(text))


def test_a_span_begins_before_its_digits_and_ends_after_them() -> None:
    text = "x" * 30 + "1234 5678 90" + "x" * 30
    assert number_spans(text) == [(30 - 16, 42 + 8)]
    assert number_spans("1234 5678") == []
    assert number_spans("12345 and 67890") == []


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("０３－１２３４－５６７８", "03-1234-5678"),
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp"),
        ("第３回ＡＢＣ", "第３回ＡＢＣ"),  # no long number and no address: as it was
        ("０３-0000-1234", "03-0000-1234"),  # two widths in one number
        ("０9000001234", "09000001234"),
        ("4111１１１１11111111", "4111111111111111"),
        ("(２12) 555-0173", "(212) 555-0173"),
        ("taro@example．co．jp", "taro@example.co.jp"),
        ("ｉｎｆｏ@example.jp", "info@example.jp"),
        ("203．0．113．5", "203.0.113.5"),
        ("２００１:db8::７", "2001:db8::7"),
        ("taro（at）example.jp", "taro(at)example.jp"),
        ("Ａ．Ｂ．とＣ", "Ａ．Ｂ．とＣ"),
        ("１、２、３（注）", "１、２、３（注）"),
        ("plain", "plain"),
    ],
)
def test_full_width_signs_become_ascii_where_a_number_may_be(text: str, folded: str) -> None:
    assert fold_full_width(text) == folded
