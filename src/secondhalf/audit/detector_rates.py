"""How often the audit finds instruction-like content that people found, by language: measured, not assumed.

`benchmarks/detect.py` writes the counts beside this file, from labelled pairs that no rule and no weight was made from.
"""

import json
from functools import cache
from importlib.resources import files

_NAME = "detector_rates.json"


@cache
def detector_counts() -> dict[str, tuple[int, int, int, int]]:
    """By language: pairs found, missed, wrongly flagged and rightly left, of those that were labelled; empty if none were."""
    file = files("secondhalf.audit") / _NAME
    if not file.is_file():
        return {}
    names = ("true_positives", "false_negatives", "false_positives", "true_negatives")
    counts = json.loads(file.read_text("utf-8"))
    return {
        language: (row[names[0]], row[names[1]], row[names[2]], row[names[3]])
        for language, row in counts["languages"].items()
    }
