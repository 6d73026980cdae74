"""Shingles of words and of characters, and the similarity of their sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean.duplicates.shingles import ShingleSettings, hash_shingles, jaccard
from secondhalf.clean.duplicates.units import hash_units

THREES = ShingleSettings(words=3, characters=2)


def _shingles(*texts: str) -> list[set[int]]:
    """The hashes of each text's shingles."""
    hashes, rows = hash_shingles(hash_units(texts), THREES)
    return [set(hashes[rows == index].tolist()) for index in range(len(texts))]


def test_a_text_has_a_shingle_for_each_run_and_a_short_one_has_one() -> None:
    assert [len(shingles) for shingles in _shingles("a b c d", "a b", "", "図書館の", "図")] == [2, 1, 0, 3, 1]
    first, second, third = _shingles("a b c d e", "b c d", "x a b c")
    assert second < first
    assert len(first & third) == 1


@given(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=8), st.lists(st.sampled_from("abcd"), min_size=1, max_size=8)
)
def test_similarity_is_that_of_the_sets(one: list[str], other: list[str]) -> None:
    first, second = _shingles(" ".join(one), " ".join(other))
    units = hash_units([" ".join(one), " ".join(other)])
    expected = len(first & second) / len(first | second)
    assert jaccard(units, [(0, 1), (1, 0), (0, 0)], THREES).tolist() == pytest.approx([expected, expected, 1.0])


def test_no_pairs_have_no_similarities() -> None:
    assert jaccard(hash_units(["a b c"]), [], THREES).tolist() == []
