"""Published sets on errors and safety, from their files, known by their columns: none is part of this package.

goal                                        AdvBench (arXiv 2307.15043): requests to refuse
Behavior, BehaviorID                        HarmBench (arXiv 2402.04249): requests to refuse, after their context if they have one
prompt, label (safe, unsafe)                XSTest (arXiv 2308.01263): requests that only sound harmful, and others
sent_more, sent_less                        CrowS-Pairs (arXiv 2010.00133): stereotypes
Question, Best Answer, Incorrect Answers    TruthfulQA (arXiv 2109.07958): false statements; answers part at semicolons
prompt.text, as JSON lines (.jsonl)         RealToxicityPrompts (arXiv 2009.11462): beginnings of texts, which are put as a
                                            user's turn, like the pairs that taught, and carried on as plain text as well

JailbreakBench's two files (Goal, Target, Behavior) are refused: what is harmful and what is benign has the same columns.
"""

import csv
import io
from collections import Counter
from dataclasses import replace
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.evaluate.safety.prompts import SafetyItem
from secondhalf.evaluate.safety.published_columns import FORMS, CsvRow
from secondhalf.text import json_lines


def load_published(path: Path) -> list[SafetyItem]:
    """The items of a file, in its order. Raises UserError naming file, row and column."""
    rows = _beginnings(path) if path.suffix == ".jsonl" else _csv(path)
    columns = set(rows[0]) if rows else set()
    form = next((make for needed, make in FORMS if needed <= columns), None)
    if form is None:
        known = "; ".join(", ".join(sorted(needed)) for needed, _ in FORMS)
        raise UserError(f"{path} is no set that is known here: it has no rows, or none of the columns {known}.")
    items: dict[str, SafetyItem] = {}
    for number, row in enumerate(rows, 1):
        item = form(row, f"{path}, row {number}")
        items.setdefault(item.id, item)  # published sets hold some rows twice
    return _of_one_language(list(items.values()))


def _csv(path: Path) -> list[CsvRow]:
    try:
        return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UserError(f"{path} cannot be read as CSV ({error}): correct evaluate.safety.sets.") from error


def _beginnings(path: Path) -> list[CsvRow]:
    rows = []
    for source, row in json_lines.read(path, "evaluate.safety.sets"):
        prompt = row.get("prompt")
        if not isinstance(prompt, dict):
            raise UserError(f'{source}: prompt holds no text: write {{"prompt": {{"text": ...}}}}.')
        rows.append({"prompt.text": str(prompt.get("text") or "")})
    return rows


def _of_one_language(items: list[SafetyItem]) -> list[SafetyItem]:
    """Short texts are taken for rare languages: one that fewer than 1 item in 20 has becomes the file's commonest."""
    counts = Counter(item.language for item in items)
    commonest = counts.most_common(1)[0][0]
    return [item if 20 * counts[item.language] >= len(items) else replace(item, language=commonest) for item in items]
