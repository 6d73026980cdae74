"""`secondhalf store`: the stages in a store, and those that no run points to."""

import argparse
import json
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.runs.run import read_links
from secondhalf.store import Store
from secondhalf.text.table import format_table


def main(options: argparse.Namespace) -> None:
    """Prints the stages of a store, or removes those that no run points to."""
    print(stages(Store(options.store), options.runs, prune=options.prune, as_json=options.json))


def stages(store: Store, runs: Path, *, prune: bool, as_json: bool) -> str:
    """Every stage of the store with its size and the runs that point to it; with `prune`, those that were removed."""
    if prune and not runs.is_dir():
        raise UserError(
            f"{runs} is no folder, so it cannot be told which stages are in use: name the folder of the runs with --runs. "
            "Nothing was removed."
        )
    used: dict[Path, list[str]] = {}
    for links in sorted(runs.glob("*/stages.json")):
        for link in read_links(links.parent).values():
            used.setdefault((store.root / link.stage).resolve(), []).append(links.parent.name)
    shown = store.prune(set(used)) if prune else store.stages()
    rows: list[dict[str, Any]] = []
    for stage in shown:
        size = (
            sum(path.stat().st_size for path in stage.path.rglob("*") if path.is_file()) if stage.path.exists() else 0
        )
        runs_of = sorted(set(used.get(stage.path.resolve(), [])))
        state = "removed" if prune else ("whole" if stage.whole else "half done")
        rows.append(
            {"stage": f"{stage.name}/{stage.key}", "state": state, "megabytes": round(size / 1e6, 1), "runs": runs_of}
        )
    if as_json:
        return json.dumps({"stages": rows}, ensure_ascii=False)
    lines = [[r["stage"], r["state"], f"{r['megabytes']:.1f}", ", ".join(r["runs"]) or "-"] for r in rows]
    return format_table(lines, ["stage", "state", "MB", "runs"]) if lines else "Nothing."
