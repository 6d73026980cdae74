"""Signatures are the same in every batch, and units that were not kept are hashed again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.clean.duplicates.near import NearDuplicateSettings, check_near_duplicates
from secondhalf.clean.duplicates.signatures import SignatureSettings, compute_signatures, units_of
from secondhalf.clean.duplicates.sketch import EMPTY
from secondhalf.clean.duplicates.units import hash_units
from support.made_text import documents, edited, text

DEFAULTS = NearDuplicateSettings()


def test_verdicts_do_not_depend_on_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [edited(text(seed), edits, edits) for seed in range(30) for edits in (0, 1, 20)]
    expected = check_near_duplicates(documents(*texts), DEFAULTS)
    monkeypatch.setattr("secondhalf.clean.duplicates.signatures._KEPT_UNITS", 5000)
    assert check_near_duplicates(documents(*texts), DEFAULTS) == expected


@given(
    st.lists(st.sampled_from([text(1, 40), text(2, 40), "", "one", "図書館の本"]), min_size=1, max_size=12),
    st.integers(1, 7),
)
def test_they_do_not_depend_on_shards(texts: list[str], size: int) -> None:
    shards = [compute_signatures(texts[start : start + size], DEFAULTS) for start in range(0, len(texts), size)]
    expected = compute_signatures(texts, DEFAULTS)
    for name in ("digests", "counts", "spaceless", "sketches"):
        assert np.array_equal(np.concatenate([getattr(shard, name) for shard in shards]), getattr(expected, name))
    kept = [shard.kept[: shard.ends[-1]] for shard in shards]
    assert np.array_equal(np.concatenate(kept), expected.kept[: expected.ends[-1]])


def test_units_are_those_of_the_texts_whether_kept_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("secondhalf.clean.duplicates.signatures._KEPT_UNITS", 150)
    texts = [text(seed, 100) for seed in range(4)] + ["", "図書館の本"]
    signatures = compute_signatures(texts, SignatureSettings())
    indices = np.array([0, 3, 4, 5])
    units, expected = units_of(indices, texts, signatures), hash_units([texts[index] for index in indices])
    assert units.counts.tolist() == expected.counts.tolist() == [100, 100, 0, 5]
    assert units.spaceless.tolist() == expected.spaceless.tolist() == [False, False, False, True]
    assert units.hashes.tolist() == (expected.hashes >> np.uint64(32)).tolist()


def test_a_text_without_units_has_an_empty_sketch() -> None:
    signatures = compute_signatures(["", "word"], DEFAULTS)
    assert (signatures.sketches == EMPTY).all(axis=1).tolist() == [True, False]
    assert signatures.counts.tolist() == [0, 1]
