"""Judgments drawn with fixed seeds: what AlpacaEval's own GLM and ours are both given."""

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Judged:
    """A model's answers against a baseline's. `preference`: 1 the model's, 0 the baseline's, between: how sure of it."""

    preference: list[float]
    model: list[int]
    """Lengths in characters, as those of `baseline`."""
    baseline: list[int]


# case: judged prompts, how much better the model is, what a longer answer adds to that, by how much it is longer, form
CASES = {
    "length_wins": (400, -0.3, 1.6, 500, "sure"),
    "length_loses": (400, 0.2, -1.0, 400, "sure"),
    "no_bias": (300, 0.5, 0.0, 300, "sure"),
    "no_difference": (300, 0.0, 0.0, 0, "sure"),
    "one_sided": (250, 3.5, 0.4, 200, "sure"),
    "all_lost": (200, -9.0, 0.0, -100, "labels"),
    "labels": (805, 0.1, 0.9, 350, "labels"),
    "two_orders": (350, 0.3, 0.8, 350, "two orders"),
    "few": (23, 0.4, 0.8, 250, "sure"),
}

TOKENS: list[dict[str, float]] = [
    {"m": -0.0181, "M": -4.0488, "Both": -14.9},
    {"M": -0.0024, "m": -6.2, "The": -9.1},
    {"m": -0.6931, "M": -0.6931},
    {"m": -0.3, "The": -1.4},
    {"M": -1e-6, "Model": -13.8},
    {"M": -0.9, " M": -1.0, "m": -1.8, "model": -3.0},
]
"""What a judge's first token was likely to be, with its log-probability."""


def judged(case: str) -> Judged:
    """The judgments of a case: probabilities, labels, or the means of two labels, half of them ties."""
    count, better, pull, longer, form = CASES[case]
    rng = random.Random(case)
    judgments = Judged([], [], [])
    for _ in range(count):
        theirs = max(20, round(rng.gauss(1400, 500)))
        ours = max(20, round(theirs + rng.gauss(longer, 450)))
        felt = better + pull * math.tanh((ours - theirs) / 500) + rng.gauss(0, 1.0)
        sure = 1 / (1 + math.exp(-felt))
        labels = [float(rng.random() < sure) for _ in range(2)]
        judgments.preference.append({"sure": sure, "labels": labels[0], "two orders": sum(labels) / 2}[form])
        judgments.model.append(ours)
        judgments.baseline.append(theirs)
    return judgments


def difficulty(count: int) -> list[float]:
    """How hard each instruction is, in the manner of the published column."""
    rng = random.Random("difficulty")
    return [rng.gauss(0.2, 1.0) for _ in range(count)]


def gamed(count: int) -> list[tuple[float, float]]:
    """Judgments of the baseline told to be brief and to be wordy: preference, and length over its standard deviation."""
    rng = random.Random("gamed")
    judgments = []
    for longer in (1.2, -0.9):  # the baseline's length minus the answer's, as AlpacaEval has it
        for _ in range(count):
            delta = rng.gauss(longer, 0.6)
            judgments.append((1 / (1 + math.exp(0.9 * delta - rng.gauss(0, 0.8))), delta))
    return judgments
