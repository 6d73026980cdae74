"""Keeps what a run came to as a result: its arms, every comparison with its interval, and the pairs that its audits let through.

    python benchmarks/keep_run.py RUN --command "secondhalf run recipes/unaudited.yaml" [--revision COMMIT]

RUN is the run's folder. `--revision` is the commit whose code the run had, where its own note names one that is in no repository.
Writes benchmarks/results/NAME.json, NAME being the run's.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from harness import RESULTS, keep

ARM = ("name", "role", "pairs", "supervised_tokens", "seeds")
FIGURE = ("mean", "low", "high", "prompts")
COMPARISON = (
    "arm", "against", "figure", "difference", "low", "high", "p", "prompts", "seeds", "seeds_against", "noise",
)  # fmt: skip
PROBE = ("arm", "figure", "value", "baseline", "untouched", "difference", "low", "high", "limit", "state")


def run_figures(facts: dict[str, Any]) -> dict[str, Any]:
    """The figures of a run's facts: arm -> its figures, the comparisons, the probes, and what each audit let through."""
    arms = {
        arm["name"]: {
            **{name: arm[name] for name in ARM[1:]},
            "figures": {one["name"]: {name: one[name] for name in FIGURE} for one in [*arm["figures"], *arm["probes"]]},
        }
        for arm in facts["arms"]
    }
    audits = [
        {
            "pairs": step["rows_in"],
            "kept": step["rows_out"],
            "refused": {reason["reason"]: reason["count"] for reason in step["rejects"]},
        }
        for step in facts["funnel"]
        if step["stage"] == "audit"
    ]
    comparisons = [{name: row[name] for name in COMPARISON} for row in facts["comparisons"]]
    probes = [{name: row[name] for name in PROBE} for row in facts["overfitting"]]
    return {
        "primary": facts["primary"],
        "arms": arms,
        "audits": audits,
        "comparisons": comparisons,
        "probes": probes,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Keeps what a run came to as a result.")
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("--command", required=True, help="the command that made the run")
    parser.add_argument("--revision", default="", help="the commit whose code the run had")
    options = parser.parse_args()
    facts = json.loads((options.run / "report" / "facts.json").read_text("utf-8"))
    notes = {note["label"]: note["value"] for note in facts["provenance"]}
    versions = dict(line.rsplit(" ", 1) for line in notes["packages"].splitlines())
    keep(facts["name"], options.command, run_figures(facts), versions)
    path = RESULTS / f"{facts['name']}.json"
    # The run's own day and code, not this one's.
    record = json.loads(path.read_text("utf-8")) | {
        "date": facts["created"][:10],
        "revision": options.revision or notes["code revision"],
    }
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps({"kept": str(path)}))


if __name__ == "__main__":
    main()
