"""The true share of something that a detector finds imperfectly, with the detector's own errors in the interval.

Of n rows the detector flags k. With its recall (sensitivity) Se and its specificity Sp, the true share is
(k/n + Sp - 1) / (Se + Sp - 1): Rogan and Gladen, American Journal of Epidemiology 107 (1978), 71-76. None of the three rates
is known: each is estimated from counts, and each is drawn here from its posterior under Jeffreys' prior, so that the
interval holds the uncertainty of all three. How often it holds the truth is simulated in tests/statistics/test_true_share.py.
"""

from dataclasses import dataclass

import numpy as np

from secondhalf.errors import UserError
from secondhalf.statistics.resampling import Matrix


@dataclass(frozen=True, slots=True)
class DetectorRates:
    """How a detector did on labelled rows: counts of what it found, missed, wrongly flagged and rightly left."""

    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int

    def __post_init__(self) -> None:
        if min(self.true_positives + self.false_negatives, self.false_positives + self.true_negatives) < 1:
            raise UserError("A detector's rates need labelled rows of both kinds: with and without what it finds.")
        if min(self.true_positives, self.false_negatives, self.false_positives, self.true_negatives) < 0:
            raise UserError("A detector's counts are 0 or more.")

    @property
    def recall(self) -> float:
        """The share found of what is there, 0 to 1."""
        return self.true_positives / (self.true_positives + self.false_negatives)

    @property
    def specificity(self) -> float:
        """The share left alone of what is not it, 0 to 1."""
        return self.true_negatives / (self.false_positives + self.true_negatives)


@dataclass(frozen=True, slots=True)
class TrueShare:
    """Shares, 0 to 1, each with its 95 % interval."""

    flagged: float
    """Of the rows, as the detector counts."""
    share: float
    low: float
    high: float
    """Of the rows, in truth."""
    left: float
    left_low: float
    left_high: float
    """In truth, of the rows that the detector did not flag: what is still there when the flagged are gone."""
    fits: bool
    """False where far fewer rows were flagged than the detector's false alarms on labelled rows alone would make: its rates do
    not hold here, and the upper ends are those of a detector without false alarms."""


def true_share(flagged: int, rows: int, rates: DetectorRates, *, seed: int = 0, draws: int = 10_000) -> TrueShare:
    """Of `rows` rows, of which `flagged` were flagged by a detector with these rates on labelled rows of the same kind.

    A detector no better than chance says nothing: then the interval is [0, 1]. Raises UserError for no rows, and for more
    flagged than there are.
    """
    if not 0 <= flagged <= rows or rows < 1:
        raise UserError(f"{flagged} of {rows} rows flagged: at least one row is needed, and no more flagged than rows.")
    rng = np.random.default_rng(seed)
    recall = rng.beta(rates.true_positives + 0.5, rates.false_negatives + 0.5, draws)
    specificity = rng.beta(rates.true_negatives + 0.5, rates.false_positives + 0.5, draws)
    apparent = rng.beta(flagged + 0.5, rows - flagged + 0.5, draws)
    shares = _corrected(apparent, recall, specificity, rng)
    fits = bool(np.quantile(shares, 0.975) > 0)
    upper = shares if fits else np.clip(apparent / recall, 0, 1)
    left, left_upper = _left(shares, recall, specificity), _left(upper, recall, specificity if fits else 1.0)
    low, left_low = np.quantile(shares, 0.025), np.quantile(left, 0.025)
    high, left_high = np.quantile(upper, 0.975), np.quantile(left_upper, 0.975)
    point = _corrected(np.array([flagged / rows]), np.array([rates.recall]), np.array([rates.specificity]), rng)
    remaining = _left(point, rates.recall, rates.specificity)
    # A point stands in its interval also where one of the rates is 0 or 1 on few rows.
    return TrueShare(
        flagged=flagged / rows,
        share=float(np.clip(point[0], low, high)),
        low=float(low),
        high=float(high),
        left=float(np.clip(remaining[0], left_low, left_high)),
        left_low=float(left_low),
        left_high=float(left_high),
        fits=fits,
    )


def _corrected(apparent: Matrix, recall: Matrix, specificity: Matrix, rng: np.random.Generator) -> Matrix:
    """The true share by draw; anything at all where the detector is no better than chance."""
    better = recall + specificity - 1
    anything = rng.random(len(apparent))
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.clip((apparent + specificity - 1) / better, 0, 1)
    return np.asarray(np.where(better > 0, shares, anything))


def _left(shares: Matrix, recall: Matrix | float, specificity: Matrix | float) -> Matrix:
    """The true share of what was not flagged."""
    missed, rest = shares * (1 - recall), (1 - shares) * specificity
    whole = missed + rest
    return np.asarray(np.divide(missed, whole, out=np.zeros_like(whole), where=whole > 0))
