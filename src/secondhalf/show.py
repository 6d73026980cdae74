"""Runs and stores as text for people, or as JSON for programs."""

import json
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any

from secondhalf.run import read_links
from secondhalf.spending import spending
from secondhalf.store import Stage, Store


def table(rows: list[list[str]], head: list[str]) -> str:
    """Columns padded to their widest cell; the first to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, ["-" * width for width in widths], *rows]:
        cells = [
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def reasons(stage: Stage) -> list[tuple[str, int, list[str]]]:
    """Why rows were refused: reason, count, and the first three ids; the most frequent first."""
    if not any(stage.path.glob("rejects-*.parquet")):
        return []
    rejects = stage.read("rejects").select(["id", "reason"]).to_pylist()
    # A reason's own details stand after a colon; without them the rows can be counted.
    counted = Counter(row["reason"].partition(":")[0] for row in rejects)
    ids = {reason: [row["id"] for row in rejects if row["reason"].startswith(reason)][:3] for reason in counted}
    return [(reason, count, ids[reason]) for reason, count in counted.most_common()]


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
    text = table(rows, ["stage", "in", "out", "rejected", "seconds"])
    told_reasons = [f"  {s['stage']}: {count} {reason}" for s in steps for reason, count in s["reasons"].items()]
    text += "\n\nRejected:\n" + "\n".join(told_reasons) if told_reasons else ""
    asked = [[s["stage"], *_asked(s["asked"])] for s in steps if "asked" in s]
    head = ["asked", "calls", "in the journal", "tokens read", "written", "USD"]
    return text + (f"\n\n{table(asked, head)}" if asked else "")


def _asked(told: dict[str, Any]) -> list[str]:
    counts = [f"{told[name]:,}" for name in ("calls", "from_journal", "prompt_tokens", "response_tokens")]
    return [*counts, "unknown" if told["dollars"] is None else f"{told['dollars']:,.4g}"]


def rejects(folder: Path, store: Store, name: str, *, as_json: bool) -> str:
    """One stage's reasons for rejection, with counts and three examples each."""
    found: list[dict[str, Any]] = []
    for label, link in read_links(folder).items():
        if label.partition(":")[0] != name:
            continue
        stage = Stage(store.root / link["stage"])
        for reason, count, ids in reasons(stage):
            rows = {row["id"]: row for row in stage.read("rejects").to_pylist()}
            examples = [
                " ".join((rows[i].get("response") or rows[i].get("text") or rows[i].get("prompt", "")).split())[:200]
                for i in ids
            ]
            found.append(
                {"stage": label, "reason": reason, "count": count, "examples": dict(zip(ids, examples, strict=True))}
            )
    if as_json:
        return json.dumps({"run": folder.name, "rejects": found}, ensure_ascii=False)
    if not found:
        return f"{name} rejected nothing."
    blocks = []
    for item in found:
        lines = [f"{item['stage']}: {item['count']} {item['reason']}"]
        lines += [f"    {row[:12]}  {visible(text)}" for row, text in item["examples"].items()]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def figures(facts: Path, *, as_json: bool) -> str:
    """The verdict, the arms' figures and the comparisons of a finished run."""
    told = json.loads(facts.read_text("utf-8"))
    if as_json:
        return json.dumps(told, ensure_ascii=False)
    from secondhalf.report.facts import Facts
    from secondhalf.report.text import as_text

    return as_text(Facts.model_validate(told))


def stages(store: Store, runs: Path, *, prune: bool, as_json: bool) -> str:
    """Every stage of the store with its size and the runs that point to it; with `prune`, those that were removed."""
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
    return table(lines, ["stage", "state", "MB", "runs"]) if lines else "Nothing."


def visible(text: str) -> str:
    """Control characters of a hostile text as escapes: a terminal must not obey them."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
