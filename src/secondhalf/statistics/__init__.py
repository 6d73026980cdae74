"""Intervals, tests and power: the only place that makes a claim ("intervals, or no claim")."""

from secondhalf.statistics.apart import Apart, apart
from secondhalf.statistics.paired import Comparison, Interval, align, compare, estimate
from secondhalf.statistics.selection import Selection, holm, selection
from secondhalf.statistics.words import in_words

__all__ = [
    "Apart",
    "Comparison",
    "Interval",
    "Selection",
    "align",
    "apart",
    "compare",
    "estimate",
    "holm",
    "in_words",
    "selection",
]
