"""A sketch estimates the similarity of sets as well as as many permutations would."""

import numpy as np
import pytest

from secondhalf.clean.duplicates.bands import band_shape
from secondhalf.clean.duplicates.sketch import EMPTY, sketch_shingles
from secondhalf.clean.duplicates.units import mix


@pytest.mark.parametrize("union", [10, 60, 200, 800])
def test_a_sketch_estimates_the_similarity_of_sets_of_any_size(union):
    texts, shared = 1000, round(0.8 * union)
    hashes = mix(np.arange(texts * union, dtype=np.uint64)).reshape(texts, union)
    rest = shared + (union - shared) // 2
    rows = np.arange(texts)[:, None]
    one = sketch_shingles(hashes[:, :rest].reshape(-1), np.repeat(rows, rest), texts, 128)
    both = np.concatenate((hashes[:, :shared], hashes[:, rest:]), axis=1)
    other = sketch_shingles(both.reshape(-1), np.repeat(rows, both.shape[1]), texts, 128)
    assert not (one == EMPTY).any()
    agreed = (one == other).mean(axis=1)
    exact = shared / union
    error = (exact * (1 - exact) / 128) ** 0.5
    assert agreed.mean() == pytest.approx(exact, abs=4 * error / texts**0.5)
    assert agreed.std() < 1.1 * error  # no worse than 128 permutations
    count, rows_of_band = band_shape(0.8, 128, 0.95)
    alike = (one == other)[:, : count * rows_of_band].reshape(texts, count, rows_of_band).all(axis=2).any(axis=1)
    assert alike.mean() >= 0.95


def test_only_a_text_without_shingles_has_an_empty_sketch() -> None:
    hashes = mix(np.arange(4, dtype=np.uint64))
    sketches = sketch_shingles(hashes, np.array([0, 2, 2, 3]), 3, 16)  # the last belongs to none
    assert (sketches == EMPTY).all(axis=1).tolist() == [False, True, False]
    assert not (sketches[[0, 2]] == EMPTY).any()


def test_a_sketch_depends_on_the_set_alone() -> None:
    hashes = mix(np.arange(300, dtype=np.uint64))
    once = sketch_shingles(hashes, np.zeros(300, np.int64), 1, 128)
    shuffled = np.concatenate((hashes[::-1], hashes[:50], hashes[:1].repeat(9)))
    assert np.array_equal(once, sketch_shingles(shuffled, np.zeros(len(shuffled), np.int64), 1, 128))
