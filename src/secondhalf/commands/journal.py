"""`secondhalf journal`: what the store's journal holds of each model, its replies as a file, and which of them to remove."""

import argparse
import json
import re
import time
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from secondhalf.commands.ages import read_age
from secondhalf.commands.heal import heal
from secondhalf.errors import UserError
from secondhalf.models.journal.view import JournalSelection, JournalView, ModelReplies
from secondhalf.output import print_result
from secondhalf.store import Store
from secondhalf.store.faults import place_fault
from secondhalf.store.given_files import check_given
from secondhalf.text import json_lines
from secondhalf.text.table import format_table


def main(options: argparse.Namespace) -> None:
    """Lists, exports, prunes or heals the replies that were paid for."""
    if options.heal:
        print_result(heal(Store(options.store), sure=options.yes, as_json=options.json), as_json=options.json)
        return
    text = journal(
        Store(options.store),
        export=options.export,
        prune=options.prune,
        model=options.model,
        older=options.older_than,
        sure=options.yes,
        as_json=options.json,
    )
    print_result(text, as_json=options.json)


def journal(
    store: Store, *, export: Path | None, prune: bool, model: str, older: str, sure: bool, as_json: bool
) -> str:
    """Lists; with `export` writes the selected replies to a file; with `prune` and `sure` removes them for good.

    `model` is an identity or its beginning, `older` an age such as 90d or 12w. Raises UserError for a selection that
    cannot be meant.
    """
    view = JournalView(store.root / "journal.sqlite")
    selection = JournalSelection(_identity(view, model), _before(older))
    if export:
        return _export(view, selection, export, as_json=as_json)
    if prune and not (model or older):
        raise UserError("--prune removes replies that were paid for: say which, with --model or --older-than or both.")
    held = view.models(selection)
    names = _names(store)
    removed = view.prune(selection) if prune and sure and held else 0
    summary: dict[str, Any] = {
        "journal": str(view.path),
        "bytes": view.bytes,
        "models": [asdict(entry) | {"known_as": sorted(names.get(entry.model, set()))} for entry in held],
    }
    if prune:
        summary |= {"selected": sum(entry.replies for entry in held), "removed": removed}
    return json.dumps(summary, ensure_ascii=False) if as_json else _as_text(summary, held, prune=prune, sure=sure)


def _as_text(summary: dict[str, Any], held: list[ModelReplies], *, prune: bool, sure: bool) -> str:
    if not held:
        return "Nothing is selected." if prune else "The journal holds no replies."
    rows = [
        [
            _short(entry.model), f"{entry.replies:,}", f"{entry.prompt_tokens:,}", f"{entry.response_tokens:,}",
            _day(entry.first), _day(entry.last), f"{entry.size / 1e6:.1f}", ", ".join(names["known_as"]) or "-",
        ]
        for entry, names in zip(held, summary["models"], strict=True)
    ]  # fmt: skip
    text = format_table(rows, ["model", "replies", "tokens read", "tokens written", "first", "last", "MB", "known as"])
    if not prune:
        return f"{text}\n\n{summary['journal']}: {summary['bytes'] / 1e6:.1f} MB"
    if sure:
        return f"Removed for good, {summary['removed']:,} replies:\n{text}"
    return f"Would be removed for good, {summary['selected']:,} replies; add --yes to do it:\n{text}"


def _export(view: JournalView, selection: JournalSelection, path: Path, *, as_json: bool) -> str:
    """Writes JSON Lines that teach.model: replay:FILE reads: `prompt` is the user turn as it was sent."""
    if path.suffix != ".jsonl":
        raise UserError(f"--export {path}: name a file that ends in .jsonl.")
    check_given(path, "--export")
    count = 0
    try:
        with path.open("x", encoding="utf-8") as file:
            for line in view.lines(selection):
                row = {"prompt": line["messages"][-1][1], "response": line.pop("text"), **line}
                file.write(json_lines.line(row) + "\n")
                count += 1
    except OSError as error:
        raise place_fault(path, error, "name another file with --export") from error
    summary = {"file": str(path), "replies": count}
    return json.dumps(summary, ensure_ascii=False) if as_json else f"Wrote {count:,} replies to {path}."


def _identity(view: JournalView, start: str) -> str:
    """The one identity that begins like this."""
    if not start:
        return ""
    identities = [entry.model for entry in view.models()]
    matches = [name for name in identities if name == start] or [name for name in identities if name.startswith(start)]
    if len(matches) != 1:
        what = "several models begin" if matches else "no model begins"
        raise UserError(
            f"--model {start}: {what} like that; the journal holds {', '.join(map(_short, identities)) or 'none'}."
        )
    return matches[0]


def _before(older: str) -> float | None:
    return time.time() - read_age(older, "--older-than") if older else None


def _names(store: Store) -> dict[str, set[str]]:
    """What the recipes called a model, from the stages that asked it."""
    names: dict[str, set[str]] = {}
    for stage in store.stages():
        if stage.name == "teach" and stage.whole:
            manifest = stage.manifest
            if "model" in manifest and "model" in manifest["inputs"]:
                name = str(manifest["model"]).partition("#")[0].rpartition("/")[2]
                names.setdefault(manifest["inputs"]["model"], set()).add(name)
    return names


def _short(identity: str) -> str:
    return identity[:12] if re.fullmatch(r"[0-9a-f]{64}", identity) else identity


def _day(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
