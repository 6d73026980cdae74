"""Intervals, tests and power: the only place that makes a claim ("intervals, or no claim")."""

from secondhalf.statistics.fair import compare_distance
from secondhalf.statistics.groups import GroupComparisons, compare_groups
from secondhalf.statistics.independent import IndependentComparison, compare_independent
from secondhalf.statistics.paired import FEWEST_SEEDS, Comparison, Interval, align, compare, estimate, is_uncovered
from secondhalf.statistics.permutation import permutation_test
from secondhalf.statistics.selection import SelectionEffect, holm, selection_effect
from secondhalf.statistics.sentences import describe_comparison, describe_groups

__all__ = [
    "FEWEST_SEEDS",
    "Comparison",
    "GroupComparisons",
    "IndependentComparison",
    "Interval",
    "SelectionEffect",
    "align",
    "compare",
    "compare_distance",
    "compare_groups",
    "compare_independent",
    "describe_comparison",
    "describe_groups",
    "estimate",
    "holm",
    "is_uncovered",
    "permutation_test",
    "selection_effect",
]
