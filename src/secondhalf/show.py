"""Runs and stores as text for people, or as JSON for programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from secondhalf.clean import mix as mixing
from secondhalf.errors import UserError
from secondhalf.rows import Document, from_table
from secondhalf.runs.run import read_links
from secondhalf.spending import spending
from secondhalf.store import Stage, Store
from secondhalf.text.table import table
from secondhalf.text.visible import visible


def reasons(stage: Stage) -> list[tuple[str, int, list[str]]]:
    """Why rows were refused: reason, count, and the first three ids; the most frequent first."""
    if not any(stage.path.glob("rejects-*.parquet")):
        return []
    rejects = stage.read("rejects").select(["id", "reason"]).to_pylist()
    # A reason's own details stand after a colon; without them the rows can be counted.
    ids: dict[str, list[str]] = {}
    for row in rejects:
        ids.setdefault(row["reason"].partition(":")[0], []).append(row["id"])
    # A corpus keeps some of what it could not read, and counts all of it.
    counts: dict[str, int] = stage.manifest.get("reasons") or {reason: len(some) for reason, some in ids.items()}
    return [(reason, count, ids[reason][:3]) for reason, count in sorted(counts.items(), key=lambda item: -item[1])]


class Example(NamedTuple):
    """A reject for people: the check that refused it, and a part of its text."""

    check: str
    text: str


def examples(stage: Stage, ids: set[str], size: int) -> dict[str, Example]:
    """At most `size` characters of each reject, by id: of a document the place that the verdict means, of a pair its seam.

    A span refers to the text that the filter was given, which an earlier one may have rewritten: it can be off by a little.
    """
    rejects = _rows(stage, "rejects", ids)
    failed = [row for row in _rows(stage, "verdicts", ids) if not row["passed"]]
    starts = {(row["id"], row["check"]): row["start"] for row in failed}
    texts = (_excerpt(row, starts.get((row["id"], row["check"]), -1), size) for row in rejects)
    return {row["id"]: Example(row["check"], text) for row, text in zip(rejects, texts, strict=True)}


def _rows(stage: Stage, kind: str, ids: set[str]) -> list[dict[str, Any]]:
    """The rows of those ids, read part by part: a corpus' rejects need not fit in memory."""
    wanted = pc.field("id").isin(pa.array(sorted(ids), pa.string()))
    paths = sorted(stage.path.glob(f"{kind}-*.parquet"))
    return [row for path in paths for row in pq.read_table(path, filters=wanted).to_pylist()]


def _excerpt(row: dict[str, Any], start: int, size: int) -> str:
    text: str = row.get("text") or f"{row.get('prompt', '')[-160:]} ⟶ {row.get('response', '')}"
    first = max(0, min(start - size // 3, len(text) - size)) if row.get("text") else 0
    return ("…" if first else "") + text[first : first + size] + ("…" if first + size < len(text) else "")


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
        told = {"run": folder.name, "rejects": found, **({"mix": mixing.as_dict(shifts)} if name == "clean" else {})}
        return json.dumps(told, ensure_ascii=False)
    blocks = [] if found else [f"{name} rejected nothing."]
    for item in found:
        lines = [f"{item['stage']}: {item['count']} {item['reason']} ({item['share']:.1%})"]
        lines += [f"    {row[:12]}  {visible(text)}" for row, text in item["examples"].items()]
        blocks.append("\n".join(lines))
    return "\n\n".join([*blocks, mixing.as_text(shifts)] if name == "clean" else blocks)


def mix(folder: Path, store: Store) -> list[mixing.Shift]:
    """What cleaning did to the mix: the documents that passed it, against all that came in. Empty where it is not done."""
    links = read_links(folder)
    stages = [Stage(store.root / links[label]["stage"]) for label in ("clean", "clean:distinct") if label in links]
    if not stages or not all(stage.whole for stage in stages):
        return []
    refused = [row for stage in stages for row in from_table(Document, stage.read("rejects"))]
    return mixing.mix(from_table(Document, stages[-1].read()), refused)


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
    return table(lines, ["stage", "state", "MB", "runs"]) if lines else "Nothing."
