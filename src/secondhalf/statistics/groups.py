"""Does it generalise? A comparison within each group of prompts (task category, language), and the worst group by name.

p is corrected over the groups (Holm 1979), so that one group in twenty is not found to differ by chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from secondhalf.statistics.paired import Arm, Comparison, align, compare
from secondhalf.statistics.selection import holm


@dataclass(frozen=True, slots=True)
class GroupComparisons:
    """The comparisons by group, the one with the least gain first. Groups of a single prompt are in `left_out`.

    `differ`: p of a permutation test that the gain is the same in all groups; small: it depends on the group.
    """

    by_group: dict[str, Comparison]
    left_out: list[str]
    differ: float

    @property
    def worst(self) -> str:
        """The group that gains least, or loses most; "" without groups."""
        return next(iter(self.by_group), "")


def compare_groups(
    a: Arm,
    b: Arm,
    groups: Mapping[str, str],
    *,
    lower_is_better: bool = False,
    training_seeds: tuple[int, int] = (0, 0),
    seed: int = 0,
    resamples: int = 10_000,
) -> GroupComparisons:
    """Arm a against arm b within each group; `groups` names the prompts' groups by id, and prompts without one are left out.

    Raises UserError as `align` does.
    """
    scores_a, scores_b = align(a, b)
    ids = sorted({name for scores in ([a] if isinstance(a, Mapping) else a) for name in scores})
    names = np.array([groups.get(id, "") for id in ids])
    comparisons: dict[str, Comparison] = {}
    for name in sorted(set(names) - {""}):
        within = names == name
        if within.sum() > 1:
            comparisons[name] = compare(
                scores_a[:, within], scores_b[:, within], training_seeds=training_seeds, seed=seed, resamples=resamples
            )
    corrected = holm([comparison.p for comparison in comparisons.values()])
    corrected_comparisons = {
        name: replace(comparison, p=p, noise=comparison.noise or p >= 0.05)
        for (name, comparison), p in zip(comparisons.items(), corrected, strict=True)
    }
    sign = -1 if lower_is_better else 1
    ordered = dict(sorted(corrected_comparisons.items(), key=lambda item: (sign * item[1].difference, item[0])))
    differences = scores_a.mean(axis=0) - scores_b.mean(axis=0)
    kept = np.isin(names, list(ordered))
    left_out = sorted(str(name) for name in set(names) - {"", *ordered})
    return GroupComparisons(ordered, left_out, _differ(differences[kept], names[kept], seed, resamples))


def _differ(differences: np.ndarray, names: np.ndarray, seed: int, resamples: int) -> float:
    """p of the spread of the groups' means (weighted by size) when the prompts' groups are dealt anew."""
    labels, label_index = np.unique(names, return_inverse=True)
    if len(labels) < 2:
        return 1.0
    rng, sizes = np.random.default_rng(seed), np.bincount(label_index)

    def spread(values: np.ndarray) -> float:
        return float((np.bincount(label_index, values) ** 2 / sizes).sum())

    observed = spread(differences)
    slack = 1e-9 * abs(observed)
    as_extreme = sum(spread(rng.permutation(differences)) >= observed - slack for _ in range(resamples // 5))
    return (as_extreme + 1) / (resamples // 5 + 1)
