"""Intervals, tests and power: the only place that makes a claim ("intervals, or no claim")."""

from secondhalf.statistics.apart import Apart, apart
from secondhalf.statistics.fair import farther
from secondhalf.statistics.groups import Groups, by_group
from secondhalf.statistics.paired import Comparison, Interval, align, compare, estimate
from secondhalf.statistics.permutation import permutation
from secondhalf.statistics.selection import Selection, holm, selection
from secondhalf.statistics.words import generalises, in_words

__all__ = [
    "Apart",
    "Comparison",
    "Groups",
    "Interval",
    "Selection",
    "align",
    "apart",
    "by_group",
    "compare",
    "estimate",
    "farther",
    "generalises",
    "holm",
    "in_words",
    "permutation",
    "selection",
]
