"""Runs and stores as text for people, or as JSON for programs."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from secondhalf.analysis.facts import Facts
from secondhalf.analysis.rejects import Example, examples, mix, reasons, server_words
from secondhalf.analysis.results import Results
from secondhalf.analysis.spending import spending
from secondhalf.api import find_run
from secondhalf.clean.mix import mix_as_dict, mix_as_text
from secondhalf.corpus.shards import name_kind
from secondhalf.errors import UserError
from secondhalf.output import print_result
from secondhalf.report.screen import one_screen
from secondhalf.report.terminal import spoken
from secondhalf.report.text import as_text
from secondhalf.report.words import Language, page_words, reason
from secondhalf.runs import Run
from secondhalf.runs.pilots import pilot_rankings, pilots_of
from secondhalf.store.recorded import read_recorded
from secondhalf.teach.ranking import ranking_as_text
from secondhalf.text.shell import shell_word
from secondhalf.text.table import format_table


def main(options: argparse.Namespace) -> None:
    """Prints what a run found so far, or what one of its stages rejected."""
    run = find_run(options.run, runs=options.runs, store=options.store)
    if options.stage:
        text = rejects(run, options.stage, as_json=options.json)
    else:
        text = show(run, as_json=options.json, full=options.full)
    print_result(text, as_json=options.json)


def show(run: Run, *, as_json: bool, whole: bool = True, full: bool = False) -> str:
    """What a run that has its report found (where `whole` is wanted), on one screen or in `full`; else its funnel."""
    has_report = (run.folder / "report" / "facts.json").is_file()
    return figures(run, as_json=as_json, full=full) if whole and has_report else funnel(run, as_json=as_json)


def funnel(run: Run, *, as_json: bool) -> str:
    """Rows in, out and rejected of every stage a run has come to."""
    steps: list[dict[str, Any]] = []
    for label, stage in run.stages().items():
        if not stage.whole:
            continue
        manifest = stage.manifest
        counts = {key: manifest.get(key, 0) for key in ("rows_in", "rows", "rejected", "seconds")}
        step = {"stage": str(label), **counts, "reasons": {why: count for why, count, _ in reasons(stage)}}
        step |= {"passed_over": manifest["passed_over"]} if manifest.get("passed_over") else {}
        step |= {"encodings": manifest["encodings"]} if set(manifest.get("encodings", {})) - {"utf-8"} else {}
        step |= {"server_words": words} if (words := server_words(stage)) else {}
        steps.append(step | ({"asked": asdict(spending(manifest))} if manifest.get("model_calls") else {}))
    rankings = pilot_rankings(run.recipe, pilots_of(run.stages()))
    if as_json:
        ranked = {"pilots": [[asdict(row) for row in rows] for rows in rankings]} if rankings else {}
        stopped = {"stopped": run.stopped} if run.stopped else {}
        return json.dumps({"run": run.folder.name, "funnel": steps, **ranked, **stopped}, ensure_ascii=False)
    rows = [[s["stage"], str(s["rows_in"]), str(s["rows"]), str(s["rejected"]), f"{s['seconds']:.0f}"] for s in steps]
    language = run.recipe.report.language
    texts, say = page_words(language), partial(spoken, language=language)
    head = [texts[f"text_{name}"] for name in ("stage", "in", "out", "rejected", "seconds")]
    text = format_table(rows, head)
    reason_lines = [
        line
        for s in steps
        for why, count in s["reasons"].items()
        for line in (
            f"  {s['stage']}: {count} {_why(why, language)}",
            *_words_lines(s.get("server_words", {}).get(why, [])),
        )
    ]
    text += (
        f"\n\n{texts['text_why_rejected']}{texts['colon'].rstrip()}\n" + "\n".join(reason_lines) if reason_lines else ""
    )
    for step in steps:
        for ending, count in step.get("passed_over", {}).items():
            text += f"\n  {step['stage']}: {say(f'{count} files are not read: {name_kind(ending)}')}"
        if encodings := step.get("encodings"):
            named = ", ".join(f"{name} ({n})" for name, n in encodings.items())
            text += f"\n  {step['stage']}: {say(f'texts were in {named}')}"
    asking = [s for s in steps if "asked" in s]
    spending_rows = [[s["stage"], *_spending_cells(s["asked"], say)] for s in asking]
    head = [*(texts[f"text_{name}"] for name in ("asked", "calls", "from_journal", "read", "written")), "USD"]
    if any(s["asked"]["estimated"] for s in asking):
        head.append(say("calls with estimated tokens"))
        spending_rows = [[*row, f"{s['asked']['estimated']:,}"] for row, s in zip(spending_rows, asking, strict=True)]
    text += f"\n\n{format_table(spending_rows, head)}" if spending_rows else ""
    return "\n\n".join([text, *(ranking_as_text(rows, say) for rows in rankings), *_stopped_line(run)])


def _place(example: Example, recorded: str, root: str, language: Language) -> str:
    """Where a reject is from, what was measured and which field holds the limit: "guide10.md: 0.68, at least 0.8 wanted
    (FIELD)"."""
    name = example.url.removesuffix("#0")
    if root and name.startswith(root.rstrip("/") + "/"):
        name = name[len(root.rstrip("/")) + 1 :]
    details = spoken(example.reason.removeprefix(recorded).removeprefix(":").strip(), language)
    return f"{name}: {details}" if name and details else name or details


def _why(recorded: str, language: Language) -> str:
    """A reason in the run's language; English keeps it as it was recorded."""
    return recorded if language == "en" else reason(language, recorded)


def _words_lines(words: list[tuple[str, int]]) -> list[str]:
    """What the server said, a line for each of the most frequent sentences."""
    return [f"      {count} x {sentence}" for sentence, count in words]


def _stopped_line(run: Run) -> list[str]:
    stopped = f"The last command stopped: {run.stopped}" if run.stopped else ""
    return [spoken(stopped, run.recipe.report.language)] if stopped else []


def _spending_cells(spent: dict[str, Any], say: Callable[[str], str]) -> list[str]:
    counts = [f"{spent[name]:,}" for name in ("calls", "from_journal", "prompt_tokens", "response_tokens")]
    return [*counts, say("unknown") if spent["dollars"] is None else f"{spent['dollars']:,.4g}"]


def rejects(run: Run, name: str, *, as_json: bool) -> str:
    """One stage's reasons for rejection, with counts, shares of its input, and three examples each."""
    rejected: list[dict[str, Any]] = []
    language = run.recipe.report.language
    # Cleaning is two stages: each document by itself, then all of them among each other.
    wanted = {"clean", "deduplicate"} if name == "clean" else {name}
    for label, stage in run.stages().items():
        if label.stage not in wanted:
            continue
        counted, words = reasons(stage), server_words(stage)
        shown = examples(stage, {one for _, _, ids in counted for one in ids}, 200)
        for why, count, ids in counted:
            share = count / max(stage.manifest.get("rows_in", 0), count)
            texts = {one: " ".join(shown[one].text.split()) for one in ids}
            item = {"stage": str(label), "reason": why, "count": count, "share": share, "examples": texts}
            places = {
                one: _place(shown[one], why, run.recipe.corpus.path, "en" if as_json else language) for one in ids
            }
            item |= {"places": places} if any(places.values()) else {}
            rejected.append(item | ({"server_words": words[why]} if why in words else {}))
    shifts = mix(run.stages()) if name == "clean" else []
    if as_json:
        summary = {
            "run": run.folder.name,
            "rejects": rejected,
            **({"mix": mix_as_dict(shifts)} if name == "clean" else {}),
        }
        return json.dumps(summary, ensure_ascii=False)
    blocks = [] if rejected else [spoken(f"{name} rejected nothing.", language)]
    for item in rejected:
        lines = [f"{item['stage']}: {item['count']} {_why(item['reason'], language)} ({item['share']:.1%})"]
        lines += _words_lines(item.get("server_words", []))
        for row, text in item["examples"].items():
            lines += [f"    {place}"] if (place := item.get("places", {}).get(row)) else []
            lines += [f"    {row[:12]}  {text}"]
        blocks.append("\n".join(lines))
    return "\n\n".join(
        [*blocks, *([spoken(mix_as_text(shifts), language)] if name == "clean" else []), *_stopped_line(run)]
    )


def figures(run: Run, *, as_json: bool, full: bool = False) -> str:
    """The answers of a finished run on one screen; in `full` with the arms' figures and the comparisons."""
    path, mend = run.folder / "report" / "facts.json", "`secondhalf report RECIPE` writes it again."
    text = read_recorded(path, mend)
    if as_json:
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError as error:  # a report of before there were checksums
            raise UserError(f"{path} is damaged ({error}): {mend}") from error
    try:
        facts = Facts.model_validate_json(text)
    except ValidationError:  # another release wrote it: the run's stages say the same
        facts = Results(run).facts
    # A run that stands elsewhere is found by its folder alone.
    named = run.folder.name if run.folder.parent == Path("runs") else shell_word(str(run.folder))
    return as_text(facts) if full else one_screen(facts, named, str(run.folder / "report" / "index.html"))
