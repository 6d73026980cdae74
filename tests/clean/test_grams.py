"""Shares of n-grams of characters, against a plain count of them."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean.grams import gram_shares


@given(st.text(alphabet="あいう。\n𠮷", max_size=60))
def test_gram_shares_by_counting(text: str):
    tops, repeats = gram_shares(text, (1, 2, 4), (2, 3, 5))
    for n in range(1, 6):
        counts = Counter(text[i : i + n] for i in range(len(text) - n + 1))
        if n in tops:
            assert tops[n] == pytest.approx(max(counts.values(), default=0) / max(sum(counts.values()), 1))
        if n in repeats:
            assert repeats[n] == pytest.approx(sum(c > 1 for c in counts.values()) / max(len(counts), 1))


def test_shares_by_hand() -> None:
    assert gram_shares("abab", (1, 2), (2, 3)) == ({1: 0.5, 2: pytest.approx(2 / 3)}, {2: 0.5, 3: 0.0})
    assert gram_shares("", (1,), (2,)) == ({1: 0.0}, {2: 0.0})
    assert gram_shares("ab", (5,), ()) == ({5: 0.0}, {})
