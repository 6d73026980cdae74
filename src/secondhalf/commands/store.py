"""`secondhalf store`: the stages in a store; which of them no run uses, and what becomes of those."""

import argparse
import json
import sys
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from secondhalf.commands.ages import read_age
from secondhalf.commands.store_check import check_store_files
from secondhalf.errors import UserError
from secondhalf.output import print_result, print_text
from secondhalf.runs.usage import used_stages
from secondhalf.store import Stage, Store
from secondhalf.store.prune import (
    TRASH,
    check_store,
    move_to_trash,
    old_trash,
    remove_for_good,
    size_of,
    unused_stages,
)
from secondhalf.store.remote.exchange import pull, push
from secondhalf.store.sharing import share
from secondhalf.text.table import format_table


def main(options: argparse.Namespace) -> int:
    """Prints a store's stages, shares it, removes what no run points to, or checks it; returns 1 where it is damaged."""
    store = Store(options.store)
    if options.check:
        return check_store_files(store, options.runs, as_json=options.json)
    if options.share is not None:
        group = share(store.root, options.share)
        sentence = f"{store.root} is shared with {group}: its members may read and write it. Runs stay their owner's."
        text = json.dumps({"store": str(store.root), "shared": group}) if options.json else sentence
    elif options.push or options.pull:
        counts = (push if options.push else pull)(store, options.runs, options.push or options.pull)
        sentence = f"{counts['stages']} stages and {counts['runs']} runs {'are there' if options.push else 'came'}."
        text = json.dumps(counts) if options.json else sentence
    elif options.prune:
        age = timedelta(seconds=read_age(options.keep_trash, "--keep-trash"))
        text = prune(store, options.runs, age, sure=options.yes, as_json=options.json)
    else:
        text = stages(store, options.runs, as_json=options.json)
    print_result(text, as_json=options.json)
    return 0


def stages(store: Store, runs: Path, *, as_json: bool) -> str:
    """Every stage of the store with its size and the runs that use it."""
    if store.root.exists() and not store.root.is_dir():
        raise UserError(f"{store.root} is a file, and no store: name the store with --store.")
    used = used_stages(store, runs).runs
    rows = [_row(stage, "whole" if stage.whole else "half done", used) for stage in store.stages()]
    return json.dumps({"stages": rows}, ensure_ascii=False) if as_json else _table(rows) or "Nothing."


def prune(store: Store, runs: Path, age: timedelta, *, sure: bool, as_json: bool) -> str:
    """Moves what no run uses to the store's trash, and removes what is there for longer than `age`; asks before, unless `sure`.

    Raises UserError, and removes nothing, where it cannot be told what is used, where nobody can be asked, and for a "no".
    """
    check_store(store.root)
    usage = used_stages(store, runs, needed=True)
    if store.stages() and not usage.in_sight:
        raise UserError(
            f"No run in {runs} points to any stage of {store.root}, so nothing was removed: name the folder of its runs with "
            "--runs."
        )
    plan = PrunePlan(unused_stages(store, usage.runs), old_trash(store, age))
    # Before what is shown, as what it was decided by.
    notes = [
        f"Kept for {user.run}, which cannot be seen from here; if it is gone for good, remove {user.file} and prune again."
        for user in usage.out_of_sight
    ]
    rows = plan.rows()
    text = "\n".join([*notes, _table(rows)]).strip()
    if not rows:
        summary: dict[str, Any] = {"stages": [], "trash": "", "notes": notes}
        return json.dumps(summary, ensure_ascii=False) if as_json else "\n".join([*notes, "Nothing."])
    if not sure:
        _confirm(text, as_json=as_json)
    moved = move_to_trash(store, plan.unused, lambda: used_stages(store, runs, needed=True).runs)
    remove_for_good(plan.old)
    trash = str(moved[0].path.parent.parent) if moved else ""
    if as_json:
        names = {(stage.name, stage.key) for stage in moved}
        done = [row for row in rows if row["state"] != "removed" or tuple(row["stage"].split("/")) in names]
        return json.dumps({"stages": done, "trash": trash, "notes": notes}, ensure_ascii=False)
    shown = [text] if sure else []
    if moved:
        later = f"prune removes it for good after {_days(age)} (--keep-trash 0h: the next one does)"
        shown.append(f"\nMoved to {trash}: `mv` brings a stage back, and {later}.")
    return "\n".join(shown) or "Removed."


@dataclass(frozen=True)
class PrunePlan:
    """What prune would do: `unused` go to the trash, `old` are there already and go for good."""

    unused: list[Stage]
    old: list[Stage]

    def rows(self) -> list[dict[str, Any]]:
        """A row a stage."""
        return [_row(stage, "removed", {}) for stage in self.unused] + [
            _row(stage, "removed for good", {}) for stage in self.old
        ]


def _confirm(text: str, *, as_json: bool) -> None:
    can_answer = sys.stdin.isatty() and not as_json
    if not as_json:
        print_text(text)
    if not can_answer:
        raise UserError(
            "store --prune asks before it removes anything, and nobody can answer here: start it at a terminal, or add --yes. "
            "Nothing was removed."
        )
    print_text(f"\nMove them to {TRASH}/, and remove for good what is old there? [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
        raise UserError("Nothing was removed.")


def _row(stage: Stage, state: str, used: dict[Path, list[str]]) -> dict[str, Any]:
    megabytes = round(size_of(stage) / 1e6, 1)
    runs = sorted(set(used.get(stage.path.resolve(), [])))
    return {"stage": f"{stage.name}/{stage.key}", "state": state, "megabytes": megabytes, "runs": runs}


def _table(rows: Collection[dict[str, Any]]) -> str:
    lines = [[r["stage"], r["state"], f"{r['megabytes']:.1f}", ", ".join(r["runs"]) or "-"] for r in rows]
    return format_table(lines, ["stage", "state", "MB", "runs"]) if lines else ""


def _days(age: timedelta) -> str:
    return f"{age.days} days" if age.days else f"{age.total_seconds() / 3600:g} hours"
