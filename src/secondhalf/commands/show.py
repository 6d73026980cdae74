"""Runs and stores as text for people, or as JSON for programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from secondhalf.analysis.rejects import examples, mix, reasons
from secondhalf.analysis.spending import spending
from secondhalf.clean.mix import mix_as_dict, mix_as_text
from secondhalf.errors import UserError
from secondhalf.runs.run import read_links
from secondhalf.store import Stage, Store
from secondhalf.text.table import format_table
from secondhalf.text.visible import escape_invisible


def funnel(folder: Path, store: Store, *, as_json: bool) -> str:
    """Rows in, out and rejected of every stage a run has come to."""
    steps: list[dict[str, Any]] = []
    for label, link in read_links(folder).items():
        stage = Stage(store.root / link["stage"])
        if not stage.whole:
            continue
        told = stage.manifest
        counts = {key: told.get(key, 0) for key in ("rows_in", "rows", "rejected", "seconds")}
        step = {"stage": label, **counts, "reasons": {reason: count for reason, count, _ in reasons(stage)}}
        steps.append(step | ({"asked": asdict(spending(told))} if told.get("model_calls") else {}))
    if as_json:
        return json.dumps({"run": folder.name, "funnel": steps}, ensure_ascii=False)
    rows = [[s["stage"], str(s["rows_in"]), str(s["rows"]), str(s["rejected"]), f"{s['seconds']:.0f}"] for s in steps]
    text = format_table(rows, ["stage", "in", "out", "rejected", "seconds"])
    told_reasons = [f"  {s['stage']}: {count} {reason}" for s in steps for reason, count in s["reasons"].items()]
    text += "\n\nRejected:\n" + "\n".join(told_reasons) if told_reasons else ""
    asked = [[s["stage"], *_asked(s["asked"])] for s in steps if "asked" in s]
    head = ["asked", "calls", "in the journal", "tokens read", "written", "USD"]
    return text + (f"\n\n{format_table(asked, head)}" if asked else "")


def _asked(told: dict[str, Any]) -> list[str]:
    counts = [f"{told[name]:,}" for name in ("calls", "from_journal", "prompt_tokens", "response_tokens")]
    return [*counts, "unknown" if told["dollars"] is None else f"{told['dollars']:,.4g}"]


def rejects(folder: Path, store: Store, name: str, *, as_json: bool) -> str:
    """One stage's reasons for rejection, with counts, shares of its input, and three examples each."""
    found: list[dict[str, Any]] = []
    for label, link in read_links(folder).items():
        if label.partition(":")[0] != name:
            continue
        stage = Stage(store.root / link["stage"])
        counted = reasons(stage)
        shown = examples(stage, {one for _, _, ids in counted for one in ids}, 200)
        for reason, count, ids in counted:
            share = count / max(stage.manifest.get("rows_in", 0), count)
            some = {one: " ".join(shown[one].text.split()) for one in ids}
            found.append({"stage": label, "reason": reason, "count": count, "share": share, "examples": some})
    shifts = mix(folder, store) if name == "clean" else []
    if as_json:
        told = {"run": folder.name, "rejects": found, **({"mix": mix_as_dict(shifts)} if name == "clean" else {})}
        return json.dumps(told, ensure_ascii=False)
    blocks = [] if found else [f"{name} rejected nothing."]
    for item in found:
        lines = [f"{item['stage']}: {item['count']} {item['reason']} ({item['share']:.1%})"]
        lines += [f"    {row[:12]}  {escape_invisible(text)}" for row, text in item["examples"].items()]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, mix_as_text(shifts)] if name == "clean" else blocks)


def figures(facts: Path, *, as_json: bool) -> str:
    """The verdict, the arms' figures and the comparisons of a finished run."""
    told = json.loads(facts.read_text("utf-8"))
    if as_json:
        return json.dumps(told, ensure_ascii=False)
    from secondhalf.analysis.facts import Facts
    from secondhalf.report.text import as_text

    return as_text(Facts.model_validate(told))


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
            used.setdefault((store.root / link["stage"]).resolve(), []).append(links.parent.name)
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
