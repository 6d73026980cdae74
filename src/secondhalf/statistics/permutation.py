"""A paired permutation test: under no difference, each prompt's difference might as well have had the other sign.

Prompts are the clusters: all seeds and turns of a prompt are one difference. Exact for up to 16 prompts, drawn above.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

_EXACT = 16  # 65,536 ways to toss the signs
_CELLS = 2_000_000  # signs held at once: 16 MB an array


def permutation_test(differences: ArrayLike, *, seed: int = 0, resamples: int = 10_000) -> float:
    """Two-sided p of the mean of differences [prompts]: how often tossed signs give one as far from 0.

    As scipy.stats.permutation_test with permutation_type="samples"; drawn ones count the observed one among them.
    """
    values = np.asarray(differences, dtype=np.float64)
    return sign_flip_test(values, np.random.default_rng(seed), resamples)


def sign_flip_test(values: NDArray[np.float64], rng: np.random.Generator, resamples: int) -> float:
    """As `permutation`, with the caller's generator."""
    observed, size = abs(float(values.sum())), len(values)
    slack = 1e-9 * float(np.abs(values).sum())
    if size <= _EXACT:
        signs = 1 - 2 * ((np.arange(2**size)[:, None] >> np.arange(size)) & 1)
        return float((np.abs(signs @ values) >= observed - slack).mean())
    chunk = max(1, _CELLS // size)
    as_extreme = 0
    for start in range(0, resamples, chunk):
        heads = rng.integers(0, 2, size=(min(chunk, resamples - start), size), dtype=np.int8)
        sums = 2 * (heads.astype(np.float64) @ values) - values.sum()
        as_extreme += int((np.abs(sums) >= observed - slack).sum())
    return (as_extreme + 1) / (resamples + 1)
