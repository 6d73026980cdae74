"""Computes a kept run's means and comparisons anew, from the scores that are kept beside its result.

    python benchmarks/look_again.py NAME

NAME is that of a result with a folder of tables: benchmarks/results/NAME/scores.parquet (arm, seed, figure, id, value). Prints
each comparison, before the correction for the number of comparisons; the last line is a JSON object: how many were computed and
how many differ from what the result says by more than rounding.
"""

import argparse
import json
from typing import Any

import pyarrow.parquet as pq

from harness import RESULTS
from secondhalf.analysis.figures import both_have
from secondhalf.analysis.safety import compared


def scores_of(name: str) -> dict[tuple[str, str], list[dict[str, float]]]:
    """(arm, figure) -> one table of id -> value a training seed."""
    scores: dict[tuple[str, str], dict[int, dict[str, float]]] = {}
    for row in pq.read_table(RESULTS / name / "scores.parquet").to_pylist():
        scores.setdefault((row["arm"], row["figure"]), {}).setdefault(row["seed"], {})[row["id"]] = row["value"]
    return {key: [seeds[number] for number in sorted(seeds)] for key, seeds in scores.items()}


def compared_again(name: str) -> list[tuple[dict[str, Any], dict[str, float]]]:
    """Each comparison as the result has it, and its difference and interval computed from the scores."""
    record = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    scores, rows = scores_of(name), []
    for row in record["figures"]["comparisons"]:
        mine, theirs = both_have(scores[row["arm"], row["figure"]], scores[row["against"], row["figure"]])
        again = compared(row["figure"], mine, theirs, (row["seeds"], row["seeds_against"]))
        rows.append((row, {"difference": again.difference, "low": again.low, "high": again.high}))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Computes a kept run's comparisons anew, from its scores.")
    parser.add_argument("name", help="of the result")
    rows = compared_again(parser.parse_args().name)
    for row, again in rows:
        interval = f"{again['difference']:+.3f} [{again['low']:+.3f}, {again['high']:+.3f}]"
        print(f"{row['figure']:16} {row['arm']} minus {row['against']}: {interval}")
    other = sum(any(abs(row[key] - value) > 1e-6 for key, value in again.items()) for row, again in rows)
    print(json.dumps({"compared": len(rows), "differ": other}))


if __name__ == "__main__":
    main()
