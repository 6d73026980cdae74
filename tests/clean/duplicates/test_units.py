"""Hashes that do not depend on the batch or the machine, of units, runs and texts."""

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from secondhalf.clean.duplicates.units import batches, hash_runs, hash_texts, hash_units, sorted_unique
from support.made_text import MIXED, PLAIN


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


@given(st.lists(st.integers(0, 300_000), max_size=20))
def test_batches_cover_every_text_once(lengths):
    texts = ["x" * length for length in lengths]
    assert [index for batch in batches(texts) for index in range(batch.start, batch.stop)] == list(range(len(texts)))


@given(st.lists(st.integers(-5, 5)))
def test_sorted_unique(values: list[int]) -> None:
    assert sorted_unique(np.array(values, np.int64)).tolist() == sorted(set(values))
