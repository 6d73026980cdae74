"""Precision and recall of the personal data filter, per kind and language, on our labelled lines and on a public set's.

    python benchmarks/pii.py            the test half; writes benchmarks/results/pii.json
    python benchmarks/pii.py --quick    the same figures, nothing written

A span we find is right when a label of the same kind and line overlaps it by at least 0.8 of the longer of the two; each label
answers for one span. Precision is right spans over found spans, recall right spans over labels, both with their 95 % interval
(Wilson). The last line is JSON: `precision` and `recall` are the lowest of the kinds on our own lines, `precision_low` and
`recall_low` the lowest of the kinds' lower ends, `public` the same on presidio-research's set, which was labelled by others.
benchmarks/personal/README.md says how either came about.

Beside ours stand datatrove's patterns for e-mail and IP addresses (`PIIFormatter`, its own interpreter by --peer), on
the same lines, as they come (public addresses only) and with every address, because the labels use documentation ranges.
"""

import argparse
import json
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

from harness import finish
from secondhalf.clean.personal.findings import find_personal
from secondhalf.clean.personal.settings import PersonalSettings
from secondhalf.statistics.selection import wilson

HERE = Path(__file__).parent
KINDS = ("email", "phone", "ip", "iban", "credit_card", "my_number", "api_key")
Span = tuple[str, int, int]

PEER = """
import json, sys
from datatrove.pipeline.formatters.pii import PIIFormatter
lines = [json.loads(line) for line in sys.stdin]
out = []
for public in (True, False):
    pii = PIIFormatter(only_remove_public_ips=public)
    rows = []
    for text in lines:
        spans = []
        for kind, replacer in (("email", pii.emails_replacer), ("ip", pii.ip_replacer)):
            for m in replacer.regex.finditer(text):
                if replacer.validator is None or replacer.validator(m.group(0)):
                    spans.append([kind, m.start(), m.end()])
        rows.append(spans)
    out.append(rows)
from importlib.metadata import version
print(json.dumps({"version": version("datatrove"), "public": out[0], "every": out[1]}))
"""


def overlaps(span: Span, label: Span) -> bool:
    """Same kind, and the common part is at least 0.8 of both lengths."""
    common = min(span[2], label[2]) - max(span[1], label[1])
    return span[0] == label[0] and common >= 0.8 * max(span[2] - span[1], label[2] - label[1])


def tally(rows: list[dict[str, Any]], answers: list[list[Span]]) -> dict[str, dict[str, Any]]:
    """For each kind and each kind with a language: n (labels), found, right, precision, recall."""
    labels, detected, right = Counter[str](), Counter[str](), Counter[str]()
    for row, spans in zip(rows, answers, strict=True):
        left = [(span["kind"], span["start"], span["end"]) for span in row["spans"]]
        for kind, _, _ in left:
            labels.update([kind, f"{kind} {row['language']}"])
        for span in spans:
            names = [span[0], f"{span[0]} {row['language']}"]
            detected.update(names)
            match = next((label for label in left if overlaps(span, label)), None)
            if match:
                left.remove(match)
                right.update(names)
    return {
        name: {
            "n": labels[name],
            "found": detected[name],
            "right": right[name],
            **_rate("precision", right[name], detected[name]),
            **_rate("recall", right[name], labels[name]),
        }
        for name in sorted(labels | detected)
    }


def _rate(name: str, right: int, total: int) -> dict[str, float]:
    """A rate with its interval; 1 where there is nothing to be wrong about, which says as little."""
    low, high = wilson(right, total) if total else (0.0, 1.0)
    return {
        name: round(right / total, 4) if total else 1.0,
        f"{name}_low": round(low, 4),
        f"{name}_high": round(high, 4),
    }


def lowest(table: dict[str, dict[str, Any]], rows: int) -> dict[str, Any]:
    """The lowest rates of the kinds that a set labels, and the lowest lower ends; by kind and by language everything."""
    kinds = {kind: table[kind] for kind in KINDS if kind in table and table[kind]["n"]}
    rates = ("precision", "precision_low", "recall", "recall_low")
    return {
        **{rate: min(row[rate] for row in kinds.values()) for rate in rates},
        "lines": rows,
        "kinds": kinds,
        "languages": {name: row for name, row in table.items() if " " in name},
    }


def ours(rows: list[dict[str, Any]], settings: PersonalSettings) -> list[list[Span]]:
    """What the filter finds in each line."""
    return [[tuple(item) for item in find_personal(row["text"], settings)] for row in rows]


def theirs(rows: list[dict[str, Any]], peer: Path) -> dict[str, Any]:
    """What datatrove's patterns find for e-mail and IP addresses."""
    lines = "\n".join(json.dumps(row["text"]) for row in rows)
    done = subprocess.run([str(peer), "-c", PEER], input=lines, capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    spans = {name: [[tuple(span) for span in line] for line in answer[name]] for name in ("public", "every")}
    return {"version": answer["version"]} | {
        name: {kind: row for kind, row in tally(rows, lines).items() if kind.split()[0] in ("email", "ip")}
        for name, lines in spans.items()
    }


def choices(rows: list[dict[str, Any]]) -> None:
    """The figures behind two choices: what has to stand near a My Number, and patterns against phonenumbers."""
    for near in ("words", "words or groups", "nothing"):
        table = tally(rows, ours(rows, PersonalSettings(my_number_near=near)))
        show(f"my_number_near: {near}", {"my_number": table["my_number"]})
    try:
        import phonenumbers
    except ImportError:
        print("\nphonenumbers is not installed: not compared")
        return
    only = [row | {"spans": [span for span in row["spans"] if span["kind"] == "phone"]} for row in rows]
    patterns = [[item for item in line if item[0] == "phone"] for line in ours(rows, PersonalSettings())]

    def judged(text: str, start: int, end: int) -> bool:
        for region in ("US", "GB", "JP", "FR", "AU"):
            try:
                if phonenumbers.is_valid_number(phonenumbers.parse(text[start:end], region)):
                    return True
            except phonenumbers.NumberParseException:
                pass
        return False

    def matched(text: str) -> list[Span]:
        regions = [phonenumbers.PhoneNumberMatcher(text, region) for region in ("US", "GB", "JP")]
        return sorted({("phone", match.start, match.end) for region in regions for match in region})

    ways = {
        "our patterns": lambda: patterns,
        "our patterns, judged by phonenumbers": lambda: [
            [span for span in spans if judged(row["text"], *span[1:])]
            for row, spans in zip(rows, patterns, strict=True)
        ],
        "phonenumbers' own matcher": lambda: [matched(row["text"]) for row in rows],
    }
    for name, way in ways.items():
        show(f"phones: {name}", {"phone": tally(only, way())["phone"]})


def show(title: str, table: dict[str, dict[str, Any]]) -> None:
    """A table of the figures, a line each."""
    print(f"\n{title}\n{'':16}{'n':>6}{'found':>7}{'right':>7}{'precision':>26}{'recall':>26}")
    for name, row in table.items():
        rates = "".join(
            f"{row[x]:10.4f} [{row[f'{x}_low']:.3f}, {row[f'{x}_high']:.3f}]" for x in ("precision", "recall")
        )
        print(f"{name:16}{row['n']:6}{row['found']:7}{row['right']:7}{rates}")


def main() -> None:
    """Reads the half asked for, judges, prints, writes the result."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="write nothing")
    parser.add_argument("--half", choices=("choose", "test"), default="test", help="which labelled lines")
    parser.add_argument("--peer", type=Path, default=Path(".peers/datatrove/bin/python"), help="datatrove's python")
    parser.add_argument("--wrong", action="store_true", help="show what was missed or wrongly found (choose only)")
    args = parser.parse_args()
    rows, public = read(args.half), read("presidio")
    answers, public_answers = ours(rows, PersonalSettings()), ours(public, PersonalSettings())
    table, public_table = tally(rows, answers), tally(public, public_answers)
    show(f"secondhalf, {len(rows)} lines of {args.half}", table)
    show(f"secondhalf, {len(public)} lines of presidio-research", public_table)
    if args.half == "choose":
        choices(rows)
        if args.wrong:
            wrong(rows, answers)
    peer = theirs(rows, args.peer) if args.peer.exists() else {}
    for name in ("public", "every"):
        if peer:
            show(f"datatrove {peer['version']}, {name} addresses", peer[name])
    if not peer:
        print(f"\nno datatrove: {args.peer} does not exist")
    figures = {
        **lowest(table, len(rows)),
        "public": lowest(public_table, len(public)),
        "theirs": peer,
        "theirs_public": theirs(public, args.peer) if peer else {},
    }
    quick = args.quick or args.half == "choose"
    finish("pii", figures, {"datatrove": peer.get("version", "not installed")}, quick=quick)


def read(name: str) -> list[dict[str, Any]]:
    """The labelled lines of benchmarks/personal/NAME.jsonl."""
    return [json.loads(line) for line in (HERE / "personal" / f"{name}.jsonl").read_text("utf-8").splitlines()]


def wrong(rows: list[dict[str, Any]], answers: list[list[Span]]) -> None:
    """Each label missed and each span wrongly found, with its line."""
    for row, spans in zip(rows, answers, strict=True):
        labels = [(span["kind"], span["start"], span["end"]) for span in row["spans"]]
        for sign, candidates, others in (("-", labels, spans), ("+", spans, labels)):
            for span in candidates:
                if not any(overlaps(span, other) for other in others):
                    print(sign, span[0], repr(row["text"][span[1] : span[2]]), "in", repr(row["text"]))


if __name__ == "__main__":
    main()
