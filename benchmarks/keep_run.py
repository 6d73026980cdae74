"""Keeps what a run came to as a result: its arms, every comparison with its interval, and the pairs that its audits let through.

    python benchmarks/keep_run.py RUN --command "secondhalf run recipes/unaudited.yaml" [--revision COMMIT]

RUN is the run's folder, its stages in `--store`. `--revision` is the commit whose code the run had, where its own note names
one that is in no repository. Writes benchmarks/results/NAME.json, NAME being the run's, with the SHA-256 of each adapter, and
beside it NAME/scores.parquet and NAME/answers.parquet: every score and answer of every arm and seed, from which `look_again.py`
computes anew.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import secondhalf
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


def kept_scores(results: secondhalf.Results) -> pa.Table:
    """arm, seed (its place among the arm's), figure, id of the prompt and value, of every figure that is compared."""
    figures = {row.figure for row in results.facts.comparisons}
    rows = [
        {"arm": arm, "seed": seed, "figure": figure, "id": id, "value": value}
        for arm, seeds in results.tables.scores.items()
        for seed, scores in enumerate(seeds)
        for figure in sorted(figures & scores.keys())
        for id, value in sorted(scores[figure].items())
    ]
    return pa.Table.from_pylist(rows)


def kept_answers(results: secondhalf.Results) -> pa.Table:
    """What the prompts are of, arm, training seed, id of the prompt, and the answer."""
    labels = [label for label in results.tables.stages if label.stage == "answers"]
    rows = [
        {"of": label.benchmark, "arm": label.arm, "seed": label.seed, "id": row["id"], "text": row["text"]}
        for label in labels
        for row in results.table(label, "answers").to_pylist()
    ]
    return pa.Table.from_pylist(rows)


def adapters(results: secondhalf.Results) -> dict[str, str]:
    """train:ARM:SEED -> SHA-256 of the adapter's weights."""
    files = {
        str(label): stage.path / "adapter" / "adapter_model.safetensors"
        for label, stage in results.tables.stages.items()
        if label.stage == "train"
    }
    return {label: hashlib.sha256(path.read_bytes()).hexdigest() for label, path in files.items() if path.is_file()}


def main() -> None:
    parser = argparse.ArgumentParser(description="Keeps what a run came to as a result.")
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("--store", default="store", help="the folder of its stages")
    parser.add_argument("--command", required=True, help="the command that made the run")
    parser.add_argument("--revision", default="", help="the commit whose code the run had")
    options = parser.parse_args()
    facts = json.loads((options.run / "report" / "facts.json").read_text("utf-8"))
    results = secondhalf.Results(secondhalf.find_run(options.run, store=options.store))
    notes = {note["label"]: note["value"] for note in facts["provenance"]}
    versions = dict(line.rsplit(" ", 1) for line in notes["packages"].splitlines())
    keep(facts["name"], options.command, run_figures(facts) | {"adapters": adapters(results)}, versions)
    folder, path = RESULTS / facts["name"], RESULTS / f"{facts['name']}.json"
    folder.mkdir(exist_ok=True)
    for name, table in (("scores", kept_scores(results)), ("answers", kept_answers(results))):
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    # The run's own day and code, not this one's.
    record = json.loads(path.read_text("utf-8")) | {
        "date": facts["created"][:10],
        "revision": options.revision or notes["code revision"],
    }
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps({"kept": str(path)}))


if __name__ == "__main__":
    main()
