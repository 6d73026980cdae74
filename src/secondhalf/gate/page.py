"""A decision as one page for a manager to sign: one file without scripts or outside resources, made for a sheet of A4."""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.gate import shown
from secondhalf.gate.decide import Decision, Judged
from secondhalf.report import numbers
from secondhalf.report.templates import safe_environment
from secondhalf.report.words import Language, fill, gate_words, page_words
from secondhalf.statistics import FEWEST_SEEDS

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent


def render(decision: Decision, language: Language) -> str:
    """The page as text."""
    words = gate_words(language)
    title = decision.policy.title.in_language(language) if decision.policy.title else decision.policy.name
    context: dict[str, object] = {
        "decision": decision,
        "language": language,
        "w": {key: numbers.tied(phrase) for key, phrase in words.items()},
        "title": fill(words["title"], policy=title),
        "lead": shown.decision_of(decision, language),
        "rows": [_row(row, decision, language) for row in decision.rows],
        "hashes": {
            words["hash_run"]: decision.run_hash,
            words["hash_policy"]: decision.policy_hash,
            words["hash_facts"]: decision.facts_hash,
        },
        "style": (_HERE / "gate.css").read_text("utf-8"),
    }
    return str(_environment().get_template("gate.html.jinja").render(context))


def _row(row: Judged, decision: Decision, language: Language) -> dict[str, str]:
    words, currency = gate_words(language), decision.currency
    few = row.figure is not None and 0 < row.figure.seeds < FEWEST_SEEDS
    about = [
        shown.of_whom(row, language),
        page_words(language)["difference_nats"] if row.unit == "nats" else "",
        fill(words["few_seeds"], n=row.figure.seeds) if row.figure and few else "",
    ]
    return {
        "mark": row.mark,
        "kept": words[f"mark_{row.mark}"],
        "state": "excepted" if row.excepted else row.mark,
        "severity": words[f"severity_{row.limit.severity}"],
        "name": shown.name_of(row, decision.primary, language),
        "about": " · ".join(filter(None, about)),
        "value": shown.value_of(row, currency, language),
        "interval": shown.interval_of(row, currency, language),
        "limit": shown.limit_of(row, currency, language),
        "why": numbers.tied(shown.why_of(row, language)),
        "reason": numbers.tied(row.limit.reason.in_language(language)),
        "owner": row.limit.owner.in_language(language),
    }


@cache
def _environment() -> "Environment":
    return safe_environment(_HERE)
