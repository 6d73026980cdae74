"""How far two passes of labels agree, and the labels that come of them.

    python benchmarks/instruction_labels/agreement.py [--merge]

Reads `labels/first.jsonl` and `labels/second.jsonl` and prints Cohen's kappa with a 95 % interval (bootstrap over the pairs) by
side, language and kind; `any` is whether a side has a kind at all. `--merge` writes `labels.jsonl` beside them: where both passes
give a side the same kinds, those; where they differ, what `labels/adjudicated.jsonl` says of that side.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.statistics.agreement import kappa
from secondhalf.text.json_lines import read

HERE = Path(__file__).parent
SIDES = ("prompt", "response")
KINDS = (
    "explicit_request",
    "indirect_request",
    "question_answer",
    "dialogue",
    "how_to",
    "assistant",
    "template",
    "exercise",
    "form",
)
ANY = "any"

Labels = dict[str, dict[str, frozenset[str]]]
"""Of each pair's id, the kinds of either side."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--merge", action="store_true", help="write labels.jsonl too")
    parser.add_argument("--folder", type=Path, default=HERE, help="where pairs.jsonl and labels/ are")
    options = parser.parse_args()
    folder: Path = options.folder
    try:
        languages = read_languages(folder / "pairs.jsonl")
        first, second = (read_labels(folder / "labels" / f"{name}.jsonl", languages) for name in ("first", "second"))
        rows = agreement(first, second, languages)
        for row in rows:
            print("{language}  {side:8}  {kind:16}  {kappa}  [{low}, {high}]  {first:4} {second:4}".format(**row))
        merged = 0
        if options.merge:
            path = folder / "labels" / "adjudicated.jsonl"
            decided = read_labels(path, languages, whole=False) if path.exists() else {}
            labels = merge(first, second, decided)
            (folder / "labels.jsonl").write_text("".join(_line(pair, labels[pair]) for pair in sorted(labels)), "utf-8")
            merged = len(labels)
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"pairs": len(languages), "merged": merged, "kappa": rows}))
    return 0


def read_languages(path: Path) -> dict[str, str]:
    """Each pair's language, by its id."""
    return {row["id"]: row["language"] for _, row in read(path, "--folder")}


def read_labels(path: Path, languages: Mapping[str, str], *, whole: bool = True) -> Labels:
    """One pass. Raises UserError where a line names no pair, one twice or no known kind; where `whole`, if pairs lack."""
    labels: Labels = {}
    for location, row in read(path, "--folder"):
        pair = str(row.get("id"))
        if pair not in languages:
            raise UserError(f"{location}: no pair has the id {pair!r}: correct it.")
        if pair in labels:
            raise UserError(f"{location}: {pair} is labelled twice: keep one of the lines.")
        for side in SIDES:
            kinds = row.get(side)
            if not isinstance(kinds, list) or not set(map(str, kinds)) <= set(KINDS):
                raise UserError(f"{location}: {side} must be a list of these kinds: {', '.join(KINDS)}.")
        labels[pair] = {side: frozenset(row[side]) for side in SIDES}
    missing = [pair for pair in languages if pair not in labels]
    if whole and missing:
        raise UserError(f"{path.name} lacks {len(missing)} pairs, {missing[0]} among them: label them too.")
    return labels


def agreement(first: Labels, second: Labels, languages: Mapping[str, str]) -> list[dict[str, object]]:
    """Cohen's kappa by language, side and kind, with the number of sides that each pass gave the kind.

    None stands for kappa and its ends where neither pass gave the kind: there is nothing to agree on.
    """
    rows: list[dict[str, object]] = []
    for language in sorted(set(languages.values())):
        ids = [pair for pair in sorted(languages) if languages[pair] == language]
        for side in SIDES:
            for kind in (ANY, *KINDS):
                a, b = ([_has(labels[pair][side], kind) for pair in ids] for labels in (first, second))
                interval = kappa(a, b) if any(a) or any(b) else None
                ends = (interval.mean, interval.low, interval.high) if interval else (None, None, None)
                value, low, high = (None if end is None else round(end, 3) for end in ends)
                row = {"language": language, "side": side, "kind": kind, "kappa": value, "low": low, "high": high}
                rows.append({**row, "first": sum(a), "second": sum(b)})
    return rows


def _has(kinds: frozenset[str], kind: str) -> bool:
    return bool(kinds) if kind == ANY else kind in kinds


def merge(first: Labels, second: Labels, adjudicated: Labels) -> Labels:
    """The labels of both passes where they agree on a side, else the adjudicated ones. Raises UserError where nobody decided."""
    merged: Labels = {}
    open_pairs = []
    for pair, sides in first.items():
        merged[pair] = {}
        for side, kinds in sides.items():
            if kinds == second[pair][side]:
                merged[pair][side] = kinds
            elif pair in adjudicated:
                merged[pair][side] = adjudicated[pair][side]
            elif pair not in open_pairs:
                open_pairs.append(pair)
    if open_pairs:
        raise UserError(
            f"adjudicated.jsonl lacks {len(open_pairs)} pairs on which the passes differ: {', '.join(open_pairs[:5])}"
            f"{', ...' if len(open_pairs) > 5 else ''}."
        )
    return merged


def _line(pair: str, sides: Mapping[str, frozenset[str]]) -> str:
    return json.dumps({"id": pair, **{side: sorted(sides[side]) for side in SIDES}}) + "\n"


if __name__ == "__main__":
    sys.exit(main())
