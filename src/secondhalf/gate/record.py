"""A decision as plain data, and the file of it in the run's folder."""

import json
from pathlib import Path
from typing import Any

from secondhalf import __version__
from secondhalf.gate.decide import Decision, Judged
from secondhalf.runs import Run
from secondhalf.store.recorded import write_recorded

FOLDER = "gate"


def as_data(decision: Decision) -> dict[str, Any]:
    """The decision for programs and for certificates; `passed` is what the exit code says."""
    return {
        "run": decision.run,
        "policy": decision.policy.name,
        "day": decision.day.isoformat(),
        "passed": decision.passed,
        "currency": decision.currency,
        "limits": [_row(row) for row in decision.rows],
        "hashes": {"run": decision.run_hash, "policy": decision.policy_hash, "facts": decision.facts_hash},
        "secondhalf": __version__,
    }


def _row(row: Judged) -> dict[str, Any]:
    figure = row.figure
    measured = (figure.value, figure.low, figure.high, figure.seeds) if figure else (None,) * 4
    return {
        **row.limit.model_dump(mode="json"),
        "arm": row.arm,
        "mark": row.mark,
        "why": row.why,
        "moves_with": list(row.moves_with),
        "unit": row.unit,
        **dict(zip(("value", "low", "high", "seeds"), measured, strict=True)),
        "excepted": row.excepted,
        "expired": row.expired,
    }


def keep(decision: Decision, run: Run) -> Path:
    """Writes runs/NAME/gate/POLICY.json and its checksum; returns its path. Raises UserError when it cannot be written."""
    path = run.folder / FOLDER / f"{decision.policy.name}.json"
    write_recorded(path, json.dumps(as_data(decision), ensure_ascii=False, indent=2) + "\n")
    return path
