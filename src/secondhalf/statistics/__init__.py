"""Intervals, tests and power: the only place that makes a claim ("intervals, or no claim")."""

from secondhalf.statistics.paired import Comparison, Interval, align, compare, estimate
from secondhalf.statistics.selection import Selection, holm, selection
from secondhalf.statistics.words import in_words

__all__ = ["Comparison", "Interval", "Selection", "align", "compare", "estimate", "holm", "in_words", "selection"]
