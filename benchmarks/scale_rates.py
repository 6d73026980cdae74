"""The rates that `secondhalf doctor RECIPE --nodes N` and docs/scale.md count with: of benchmarks/results/, for the package.

    python benchmarks/scale_rates.py

Writes src/secondhalf/commands/doctor/rates.json, since a wheel holds no benchmarks; `python benchmarks/table.py` does so too, and
a test holds the file to the results.
"""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"
FILE = ROOT / "src" / "secondhalf" / "commands" / "doctor" / "rates.json"


def rates() -> dict[str, dict[str, Any]]:
    """By stage the rows that one core does a second, and what measured it."""
    sample, clean, dedup, audit, tokenise = (
        _result(name) for name in ("sample", "clean", "dedup", "audit", "tokenise")
    )
    slowest = min(form["documents_per_second"] for form in sample["figures"]["formats"].values())
    return {
        "corpus": _rate(slowest, sample),
        "clean": _rate(clean["figures"]["documents_per_s"]["ours"], clean),
        "near-duplicates": _rate(dedup["figures"]["sweep"][-1]["documents_per_s"], dedup),
        "audit": _rate(audit["figures"]["pairs_per_s_one_core"]["ours"], audit),
        # On both cores of that machine.
        "tokenise": _rate(tokenise["figures"]["examples_per_s"] / 2, tokenise),
    }


def as_text() -> str:
    """The file's content."""
    return json.dumps(rates(), indent=2) + "\n"


def _result(name: str) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return result


def _rate(rows: float, result: dict[str, Any]) -> dict[str, Any]:
    return {"rows_per_second": round(rows), "command": result["command"], "date": result["date"]}


if __name__ == "__main__":
    FILE.write_text(as_text(), "utf-8")
