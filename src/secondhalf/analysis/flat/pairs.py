"""What stands in the pairs that an arm was trained on and must not: evaluation prompts, and instruction-like content."""

import re
from collections.abc import Iterable

from secondhalf.analysis.facts import Facts, InstructionShare
from secondhalf.analysis.tables import RunTables
from secondhalf.evaluate.everyday.prompts import load_everyday
from secondhalf.recipe import Recipe
from secondhalf.runs import Label

_EVERYDAY = re.compile(r"holds an evaluation text: everyday (\S+) \(")
"""How the audit names the prompt, or the good answer, of an everyday prompt (audit/contamination.py)."""


def everyday_contamination(tables: RunTables) -> dict[str, float]:
    """By trained arm, the share of the everyday prompts that the audit saw in pairs which it let pass, 0 to 1.

    Of a pair that holds several of them it names the most covered one, so this is no more than there are.
    """
    shares = {}
    for name, data in _data_of_arms(tables.recipe).items():
        labels = [Label("audit", data=one) for one in data]
        if all(label in tables and tables.stages[label].has("verdicts", 0) for label in labels):
            named = set().union(*(_named(label, tables) for label in labels))
            shares[name] = min(1.0, len(named) / len(load_everyday()))
    return shares


def instruction_shares_of_arms(facts: Facts, recipe: Recipe) -> dict[str, tuple[float, float, float]]:
    """By trained arm, the share of its pairs that is instruction-like in truth, 0 to 1, and the ends of its interval.

    Of several data sets and languages the largest of each. Where the audit refuses what it finds, the share that is left.
    Arms are missing where a language's share was not measured.
    """
    shares = {}
    for name, data in _data_of_arms(recipe).items():
        rows = [row for row in facts.instructions if row.data in data]
        ends = [_left(row) if _refuses(row.data, recipe) else (row.share, row.low, row.high) for row in rows]
        known = [(share, low, high) for share, low, high in ends if None not in (share, low, high)]
        if known and len(known) == len(ends) and {row.data for row in rows} == set(data):
            shares[name] = _largest(known)
    return shares


def _data_of_arms(recipe: Recipe) -> dict[str, list[str]]:
    return {name: recipe.data_of(name) for name, arm in recipe.arms.items() if arm.trained}


def _named(label: Label, tables: RunTables) -> set[str]:
    kept = set(tables.table(label).column("id").to_pylist())
    verdicts = [row for row in tables.rows(label, "verdicts") if row["check"] == "contamination" and not row["passed"]]
    return {named[1] for row in verdicts if row["id"] in kept and (named := _EVERYDAY.match(row["reason"]))}


def _refuses(data: str, recipe: Recipe) -> bool:
    """Whether the audit refused this data set's pairs for what it found in them."""
    settings = recipe.data[data]
    audit = settings.audit
    return audit.refuse and audit.refuse_instructions and not settings.baseline and settings.teach.like is None


def _left(row: InstructionShare) -> tuple[float | None, float | None, float | None]:
    return row.left, row.left_low, row.left_high


def _largest(rows: Iterable[tuple[float | None, ...]]) -> tuple[float, float, float]:
    share, low, high = (max(value for value in column if value is not None) for column in zip(*rows, strict=True))
    return share, low, high
