"""What counts as the same text, and hashes that do not depend on the batch, the machine or how a text is written."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from secondhalf.clean.duplicates.fold import _fold_any, _fold_plain, fold_texts, unit_span
from secondhalf.clean.duplicates.units import batches, hash_runs, hash_texts, hash_units

PLAIN = st.text(st.sampled_from("aZ09 .,-_'\n\t\x00\x1f\u2013\u2017\u2019\u201c\u2026\u200b\u2028"))
MIXED = st.text(st.sampled_from("aZ9 .\né\u0301ｱﾞ①ﷺ日本の、ー𠀋😀\ud800\u202e\u00ad"), max_size=40)


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


@given(st.lists(MIXED | PLAIN | st.text(max_size=20), max_size=8))
@example(["x" * 300, "", "y" * 256 + "z", "a" * 8 + " " + "a" * 9])
def test_a_text_hashes_alike_in_every_batch(texts):
    together, alone = hash_units(texts), [hash_units([text]) for text in texts]
    assert together.counts.tolist() == [int(each.counts[0]) for each in alone]
    assert together.spaceless.tolist() == [bool(each.spaceless[0]) for each in alone]
    assert together.hashes.tolist() == [value for each in alone for value in each.hashes.tolist()]
    assert hash_texts(together).tolist() == [int(hash_texts(each)[0]) for each in alone]
    hashes, rows = hash_runs(together, 3)
    parts = [hash_runs(each, 3) for each in alone]
    assert hashes[rows < len(texts)].tolist() == [v for h, r in parts for v in h[r == 0].tolist()]


def test_hashes_are_fixed_forever():
    units = hash_units(["The quick brown fox, extraordinarily quick.", "速い狐"])
    assert [f"{value:016x}" for value in hash_texts(units).tolist()] == ["f7797068b20067b5", "f5b2ce7f086186e0"]


def test_different_words_have_different_hashes():
    words = [f"{stem}{number}" for stem in ("a", "abcdefgh", "x" * 255, "y" * 300) for number in range(3000)]
    assert len(np.unique(hash_units([" ".join(words)]).hashes)) == len(words)


@given(MIXED)
def test_a_span_covers_the_units_it_names(text):
    units = fold_texts([text])[0].decode("utf-8", "surrogatepass").split()
    for first in range(len(units)):
        start, end = unit_span(text, first, first)
        assert 0 <= start < end <= len(text)
    if units:
        start, end = unit_span(text, 0, len(units) - 1)
        assert fold_texts([text[start:end]])[0].decode("utf-8", "surrogatepass").split() == units


@given(st.lists(st.integers(0, 300_000), max_size=20))
def test_batches_cover_every_text_once(lengths):
    texts = ["x" * length for length in lengths]
    assert [place for batch in batches(texts) for place in range(batch.start, batch.stop)] == list(range(len(texts)))
