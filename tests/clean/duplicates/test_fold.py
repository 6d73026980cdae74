"""What counts as the same text, however it is written, and where its units stand."""

import pytest
from hypothesis import given

from secondhalf.clean.duplicates.fold import _fold_any, _fold_plain, fold_texts, unit_span
from support.made_text import MIXED, PLAIN


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("Don't  stop—“now”.", "don t stop now"),
        ("ＡＢＣ１２ ﾃﾞｰﾀ", "abc12 デ ー タ"),
        ("Python 3は速い。", "python 3 は 速 い"),
        ("Café CAFÉ", "café café"),
        ("हिन्दी", "हिन्दी"),
        ("\x00\ud800…", ""),
    ],
)
def test_units_are_words_and_single_characters(text, units):
    assert fold_texts([text])[0].decode().split() == units.split()


@given(PLAIN)
def test_the_short_way_and_the_long_one_agree(text):
    assert _fold_plain(text).split() == _fold_any(text)[0].split()


@given(MIXED)
def test_a_span_covers_the_units_it_names(text):
    units = fold_texts([text])[0].decode("utf-8", "surrogatepass").split()
    for first in range(len(units)):
        start, end = unit_span(text, first, first)
        assert 0 <= start < end <= len(text)
    if units:
        start, end = unit_span(text, 0, len(units) - 1)
        assert fold_texts([text[start:end]])[0].decode("utf-8", "surrogatepass").split() == units
