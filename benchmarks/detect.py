"""Precision and recall of the audit's detectors of instruction-like content, on labelled pairs that nothing was made from.

    python benchmarks/detect.py            the test half; writes benchmarks/results/detect.json and the rates the audit uses
    python benchmarks/detect.py --quick    the dev half, on which rules and weights were made; nothing written
    python benchmarks/detect.py --judge A.gguf#sha256=…   beside them a model that is asked of every pair, as the paper did

A pair is positive where either side has a kind (benchmarks/instruction_labels/guide.md). By language stand the rules alone, the
classifier alone and both together, which is what the audit does, on pairs, prompts and responses, each with 95 % intervals
(Wilson); recall by kind; beside them the patterns that the audit had before. `evasions` counts the attempts of
tests/audit/instruction/evasions.jsonl and those that get through. `dev` has the same figures for the dev half: they flatter. The
last line is JSON: `precision` and `recall` are the lowest of the languages, both detectors together.
"""

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from harness import ROOT, finish
from peers import former_patterns
from secondhalf.audit.instruction.detector import SideFinding, find_instructions
from secondhalf.audit.instruction.fingerprint import detector_fingerprint
from secondhalf.audit.instruction_judge import InstructionJudgeSettings, instruction_request
from secondhalf.audit.pair_judge import says_yes
from secondhalf.models.backends import teacher
from secondhalf.models.journal.journal import Journal
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.rows import Pair
from secondhalf.statistics.selection import wilson
from secondhalf.text.json_lines import read

LABELS = ROOT / "benchmarks" / "instruction_labels"
RATES = ROOT / "src" / "secondhalf" / "audit" / "detector_rates.json"
EVASIONS = ROOT / "tests" / "audit" / "instruction" / "evasions.jsonl"
LANGUAGES = ("en", "ja")
SIDES = ("prompt", "response")
Sides = tuple[bool, bool]
Item = tuple[Pair, tuple[list[str], list[str]]]


def labelled(half: str, language: str) -> list[Item]:
    """The pairs of a half and language, with the kinds of either side."""
    labels = {row["id"]: row for _, row in read(LABELS / "labels.jsonl", "labels.jsonl")}
    return [
        (_pair(row), (labels[row["id"]]["prompt"], labels[row["id"]]["response"]))
        for _, row in read(LABELS / "pairs.jsonl", "pairs.jsonl")
        if row["half"] == half and row["language"] == language
    ]


def _pair(row: dict[str, Any]) -> Pair:
    return Pair(row["id"], "d", row["rule"], row["language"], row["prompt"], row["original"], row["response"])


def rates(flagged: list[bool], positive: list[bool]) -> dict[str, Any]:
    """Counts, precision and recall with their intervals."""
    pairs = list(zip(flagged, positive, strict=True))
    tp, fp, fn = pairs.count((True, True)), pairs.count((True, False)), pairs.count((False, True))
    counts = {
        "true_positives": tp,
        "false_negatives": fn,
        "false_positives": fp,
        "true_negatives": pairs.count((False, False)),
    }
    return {**counts, **_rate("precision", tp, tp + fp), **_rate("recall", tp, tp + fn)}


def _rate(name: str, right: int, total: int) -> dict[str, float | None]:
    if not total:
        return {name: None, f"{name}_low": None, f"{name}_high": None}
    low, high = wilson(right, total)
    return {name: round(right / total, 4), f"{name}_low": round(low, 4), f"{name}_high": round(high, 4)}


def detectors(items: list[Item]) -> dict[str, list[Sides]]:
    """What each detector says of the prompt and the response of every pair."""
    findings = find_instructions([pair for pair, _ in items])

    def each(flags: Callable[[SideFinding], bool]) -> list[Sides]:
        return [(flags(prompt), flags(response)) for prompt, response in findings]

    return {
        "all": each(lambda side: side.flagged),
        "rules": each(lambda side: side.rule),
        "classifier": each(lambda side: side.classifier),
        "former_patterns": [
            (former_patterns.flags(pair.prompt, response=False), former_patterns.flags(pair.response, response=True))
            for pair, _ in items
        ],
    }


def by_detector(items: list[Item], flags: dict[str, list[Sides]]) -> dict[str, Any]:
    """For each detector the rates of pairs and of either side, and recall by kind, of sides that have it."""
    result: dict[str, Any] = {}
    for name, sides in flags.items():
        row: dict[str, Any] = {"pairs": rates([any(each) for each in sides], [any(kinds) for _, kinds in items])}
        for index, side in enumerate(SIDES):
            row[side] = rates([each[index] for each in sides], [bool(kinds[index]) for _, kinds in items])
        of_kind: dict[str, list[bool]] = defaultdict(list)
        for each, (_, kinds) in zip(sides, items, strict=True):
            for index in range(2):
                for kind in kinds[index]:
                    of_kind[kind].append(each[index])
        row["kinds"] = {
            kind: {"sides": len(hits), **_rate("recall", sum(hits), len(hits))}
            for kind, hits in sorted(of_kind.items())
        }
        result[name] = row
    return result


def judged(items: list[Item], model: str) -> list[bool | None]:
    """What a model says of every pair, asked in the words of `audit.instruction_judge`; None: nothing that can be read."""
    settings = InstructionJudgeSettings(model=model)
    identity, load = teacher(model, settings.server)
    with tempfile.TemporaryDirectory() as folder:
        requests = [instruction_request(pair, settings) for pair, _ in items]
        replies = dict(
            send_requests(requests, identity, cache(load), Journal(Path(folder) / "journal.sqlite"), "judge")
        )
    return [says_yes(replies[pair.id]) for pair, _ in items]


def beside_judge(items: list[Item], model: str) -> dict[str, Any]:
    """The rates of pairs by the judge's word alone, and by detectors or judge; the share of its words that can be read."""
    words = judged(items, model)
    positive = [any(kinds) for _, kinds in items]
    found = [any(side.flagged for side in sides) for sides in find_instructions([pair for pair, _ in items])]
    return {
        "judge": rates([bool(word) for word in words], positive),
        "either": rates([bool(word) or flagged for word, flagged in zip(words, found, strict=True)], positive),
        "read": round(sum(word is not None for word in words) / len(words), 4),
    }


def evasions() -> dict[str, Any]:
    """The attempts to slip an instruction past, and how many got through."""
    rows = [json.loads(line) for line in EVASIONS.read_text("utf-8").splitlines()]
    findings = find_instructions(
        [Pair("", "", "", row["language"], row["prompt"], "", row["response"]) for row in rows]
    )
    through = [row["how"] for row, sides in zip(rows, findings, strict=True) if not any(side.flagged for side in sides)]
    return {"attempts": len(rows), "through": len(through), "how": through}


def show(half: str, language: str, table: dict[str, Any]) -> None:
    """A line for each detector and unit."""
    for name, row in table.items():
        for unit in ("pairs", *SIDES):
            figures = "  ".join(
                f"{rate} {row[unit][rate]} [{row[unit][f'{rate}_low']}, {row[unit][f'{rate}_high']}]"
                for rate in ("precision", "recall")
            )
            print(f"{half:5}{language:3} {name:16}{unit:9} {figures}")


def main() -> None:
    """Reads the half, judges, prints, writes results and rates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="the dev half alone; write nothing")
    parser.add_argument(
        "--judge", metavar="MODEL", help="a model's reference: what it says when asked of every pair of the half"
    )
    options = parser.parse_args()
    halves = ("dev",) if options.quick else ("dev", "test")
    figures: dict[str, Any] = {}
    for half in halves:
        of_half = {}
        for language in LANGUAGES:
            items = labelled(half, language)
            of_half[language] = by_detector(items, detectors(items))
            show(half, language, of_half[language])
        figures[half] = of_half
    languages = figures.pop(halves[-1])
    result = {
        "half": halves[-1],
        **{
            key: min(languages[language]["all"]["pairs"][key] for language in LANGUAGES)
            for key in ("precision", "precision_low", "recall", "recall_low")
        },
        "languages": languages,
        "evasions": evasions(),
        "detector": detector_fingerprint(),
        **figures,
    }
    if options.judge:
        of_judge = {language: beside_judge(labelled(halves[-1], language), options.judge) for language in LANGUAGES}
        result["asked"] = {"model": Path(options.judge.partition("#")[0]).name, "languages": of_judge}
        for language, row in of_judge.items():
            print(halves[-1], language, json.dumps(row))
    if not options.quick:
        names = ("true_positives", "false_negatives", "false_positives", "true_negatives")
        counts = {
            language: {name: languages[language]["all"]["pairs"][name] for name in names} for language in LANGUAGES
        }
        RATES.write_text(
            json.dumps({"detector": detector_fingerprint(), "languages": counts}, indent=2) + "\n", "utf-8"
        )
    finish("detect", result, {}, quick=options.quick)


if __name__ == "__main__":
    main()
