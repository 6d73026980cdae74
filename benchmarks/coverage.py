"""How often each interval of secondhalf.statistics covers the truth, and how often a difference is claimed where there is none.

    python benchmarks/coverage.py            1,000 to 8,000 experiments a design; writes results/coverage.json
    python benchmarks/coverage.py --quick    60 experiments a design, and nothing is written
    python benchmarks/coverage.py --check 1  as many as in full, and nothing is written: what `make soak` runs

How much of a comparison's variance is the choice of training seeds is taken from our own runs of three seeds
(benchmarks/results/proof*.json): their intervals' widths and their smallest showable differences give the standard error
and the degrees of freedom, and those the share. `coverage_designs.py` has the designs.

The last line is JSON. `covers`: the share of experiments whose interval holds the truth. `claims`: in which a difference was
claimed. `wanted`: what `covers` has to be: 0.93 to 0.97; 0.93 or more where counts are so few, or the truth lies so near to a
bend, that no interval can be exact; null for fewer than three training seeds, which claim nothing. `ratio`: the share of designs
that keep it.
"""

import json
import sys
import zlib
from importlib.metadata import version
from statistics import median
from typing import Any

import numpy as np

from coverage_designs import Design, designs
from harness import ROOT, arguments, finish
from secondhalf.statistics.resampling import student_t95

FIGURES = ("relevance", "ranking", "checks", "stops")
_WIDE = ("0.05", "0.03", "0.5 and 0.5")
_FEW = ("2 seeds against 2", "seeds against 1")


def main() -> None:
    """Simulates, and prints the JSON object."""
    options = arguments(
        __doc__.splitlines()[0], check="as many experiments as in full, and nothing is written (any value)"
    )
    shares = seed_shares()
    rows = {}
    for name, design in designs(shares).items():
        rows[name] = _simulated(name, design, 60 if options.quick else _experiments(name))
        print(name, rows[name], file=sys.stderr, flush=True)
    kept = [_kept(row) for row in rows.values() if row["wanted"]]
    figures = {"ratio": sum(kept) / len(kept), "seed_shares": shares, "designs": rows}
    finish("coverage", figures, {"numpy": version("numpy")}, quick=options.quick or bool(options.check))


def _experiments(name: str) -> int:
    """How many: fewer where one takes long, more of rows, which come nearest to the edge."""
    if "win rate" in name or "doubling" in name:
        return 1000
    return 8000 if name.startswith("rows") else 2000


def seed_shares() -> dict[str, float]:
    """The share of a difference's variance that is the choice of training seeds, by figure: the median of our runs."""
    results: dict[str, list[float]] = {}
    for path in sorted((ROOT / "benchmarks" / "results").glob("proof*.json")):
        for row in json.loads(path.read_text("utf-8"))["comparisons"]:
            if row["seeds"] == row["seeds_against"] == 3 and row["figure"] in FIGURES:
                results.setdefault(row["figure"], []).append(_seed_share(row))
    return {figure: round(median(results[figure]), 2) for figure in FIGURES}


def _seed_share(row: dict[str, Any]) -> float:
    """From half width = t E and smallest = t E + 0.84 E, E being the standard error: t tells how far the two degrees of freedom
    of three seeds weigh against those of the prompts."""
    half = (row["high"] - row["low"]) / 2
    t = half / ((row["smallest"] - half) / 0.841621)
    shares = np.linspace(0, 1, 1001)
    expected = [student_t95(share**2 / 2 + (1 - share) ** 2 / (row["prompts"] - 1)) for share in shares]
    return float(shares[np.argmin(np.abs(np.array(expected) - t))])


def _simulated(name: str, design: Design, count: int) -> dict[str, Any]:
    seed = zlib.crc32(name.encode())  # each design has its own luck
    results = [design(np.random.default_rng([seed, number])) for number in range(count)]
    return {
        "covers": round(float(np.mean([one.low <= one.truth <= one.high for one in results])), 4),
        "claims": round(float(np.mean([one.claimed for one in results])), 4),
        "experiments": count,
        "wanted": None
        if any(part in name for part in _FEW)
        else [0.93, 1.0 if any(part in name for part in _WIDE) else 0.97],
    }


def _kept(row: dict[str, Any]) -> bool:
    low, high = row["wanted"]
    return bool(low <= row["covers"] <= high)


if __name__ == "__main__":
    main()
