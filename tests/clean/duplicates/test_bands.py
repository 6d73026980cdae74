"""Which pairs are proposed: as many as the recall asks for, and few of a crowd."""

import numpy as np

from secondhalf.clean.duplicates import bands
from secondhalf.clean.duplicates.bands import band_shape, candidates


def test_many_documents_in_one_bucket_are_not_compared_with_each_other():
    rng = np.random.default_rng(1)
    sketches = rng.integers(0, 2**32 - 1, (20_000, 128), np.uint32)
    sketches[:, :7] = 5
    pairs = sum(len(later) for later, _ in bands._bucket_pairs(sketches.T[:7], len(sketches)))
    assert pairs <= 32 * len(sketches)
    assert len(candidates(sketches, np.arange(len(sketches)), 0.8, 0.95)[0]) == 0


def test_the_shape_of_the_bands_and_what_they_find():
    assert band_shape(0.8, 128, 0.95) == (18, 7)
    assert round(1 - (1 - 0.8**7) ** 18, 3) == 0.986
    assert band_shape(1.0, 128, 0.95) == (1, 128)
    assert band_shape(0.1, 16, 0.99) == (16, 1)


def test_pairs_of_the_chosen_documents_whose_sketches_agree() -> None:
    rng = np.random.default_rng(1)
    sketches = rng.integers(0, 2**32 - 1, (6, 128), np.uint32)
    sketches[4] = sketches[1]
    sketches[5, :100] = sketches[2, :100]  # 0.78 of the slots, within four standard errors of 0.8
    sketches[3, :60] = sketches[0, :60]
    later, earlier = candidates(sketches, np.arange(6), 0.8, 0.95)
    assert list(zip(later.tolist(), earlier.tolist(), strict=True)) == [(4, 1), (5, 2)]
    later, earlier = candidates(sketches, np.array([0, 1, 2, 3, 5]), 0.8, 0.95)
    assert list(zip(later.tolist(), earlier.tolist(), strict=True)) == [(5, 2)]
    assert len(candidates(sketches, np.array([], np.int64), 0.8, 0.95)[0]) == 0
