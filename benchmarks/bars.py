"""The bars: what each benchmark's figures must reach, and whether a result does.

A bar holds where the lower end of the interval reaches it (`ratio_low` for `ratio`), for what is better small the upper end.
Where a figure has no interval, itself; that is said, but for memory, which one run measures.
"""

from dataclasses import dataclass
from typing import Any

BARS: dict[str, dict[str, float]] = {
    "clean": {"ratio": 10},
    "agree": {"share": 0.999},
    "dedup": {"ratio": 20, "recall": 0.95, "precision": 0.99},
    "detect": {"precision": 0.90, "recall": 0.90},
    "names": {"precision": 0.90},
    "pii": {"precision": 0.98, "recall": 0.95},
    "audit": {"ratio": 3, "pairs_per_s": 2000},
    "sample": {"growth_mb": 100, "ratio": 0.7},
    "teach_overhead": {"ratio": 5, "requests_per_s": 2000},
    "teach_saturation": {"ratio": 0.97},
    "teach_memory": {"growth_mb": 100},
    "tokenise": {"ratio": 20, "growth_mb": 100},
    "train_cpu": {"ratio": 2.5, "memory_ratio": 2},
    "train_gpu": {"ratio": 1},
    "evaluate_speed": {"ratio": 1.5},
    "evaluate_arms": {"ratio": 3},
    "evaluate_arms_512": {"ratio": 3},
    "judge_overhead": {"ratio": 5, "arena_one_client_ratio": 5},
    "checksums": {"cost": 0.03, "pairs_cpu": 0.03},
    "serve": {"ratio": 0.95, "added_ms_p99": 20},
    "review": {"p99_ms": 200, "errors": 0},
}
AT_MOST = ("growth_mb", "cost", "pairs_cpu", "added_ms_p99", "p99_ms", "errors")
"""Figures that are better small."""


@dataclass(frozen=True)
class HeldBar:
    """What came of one bar: whether it holds, and whether by an interval's end or by one measurement alone."""

    benchmark: str
    figure: str
    holds: bool
    interval: bool


def held_bars(results: dict[str, dict[str, Any]]) -> list[HeldBar]:
    """Every bar whose figure was measured, of results by name; a bar on memory counts as one with an interval."""
    rows = []
    for name, bars in BARS.items():
        for figure, bar in bars.items():
            figures = results.get(name, {})
            if figures.get(figure) is None:
                continue
            text = _against(figures, figure, bar)
            rows.append(HeldBar(name, figure, "missed" not in text, "no interval" not in text))
    return rows


def against_bars(name: str, figures: dict[str, Any]) -> str:
    """For each bar of a result: whether it holds, or by how much it is missed; "" where the benchmark has none."""
    return "; ".join(_against(figures, figure, bar) for figure, bar in BARS.get(name, {}).items() if figure in figures)


def _against(figures: dict[str, Any], figure: str, bar: float) -> str:
    title, least = figure, "at most" if figure in AT_MOST else "at least"
    for suffix, unit in (("_per_s", "/s"), ("_mb", " in MB"), ("_ms", " in ms"), ("_", " ")):
        title = title.replace(suffix, unit)
    title = f"{title} {least} {bar:g}"
    bound = f"{figure}_{'high' if figure in AT_MOST else 'low'}"
    value = figures.get(bound, figures[figure])
    if value is None:
        return f"{title}: not measured"
    short = value - bar if figure in AT_MOST else bar - value
    once = "" if bound in figures or figure in AT_MOST else " (no interval)"
    by = f"{short:,.0f}" if short >= 100 else f"{short:.2g}"
    return f"{title}: **missed by {by}**{once}" if short > 0 else f"{title}: holds{once}"
