"""Writes the page: facts in, folder/index.html and folder/facts.json out.

The page is one file without scripts or outside resources, and its policy forbids them. Corpus text is hostile: every
expression of the template passes `escape_invisible` and then autoescape, attributes and SVG included; there is no other way in.
"""

from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.analysis.facts import Facts
from secondhalf.analysis.summary.faults import stands_out, unaccounted
from secondhalf.analysis.summary.totals import total
from secondhalf.report import numbers, view
from secondhalf.report.plots import forest, funnel, loss
from secondhalf.report.plots.radar import STYLES, radar
from secondhalf.report.summary import worded_answers
from secondhalf.report.templates import safe_environment
from secondhalf.report.verdict import (
    StatedComparison,
    came_out,
    groups_sentence,
    outcome,
    people_said,
    primary,
    sentence,
)
from secondhalf.report.words import headed, label, page_words, reason
from secondhalf.store.recorded import write_recorded

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent


def write(facts: Facts, folder: Path) -> Path:
    """Writes facts.json and then index.html, each whole or not at all; returns the page's path.

    Raises UserError when the folder cannot be written.
    """
    page = folder / "index.html"
    write_recorded(folder / "facts.json", facts.model_dump_json(indent=2) + "\n")
    write_recorded(page, render(facts))
    return page


def render(facts: Facts) -> str:
    """The page as text."""
    words, language = page_words(facts.language), facts.language
    context: dict[str, object] = {
        "facts": facts,
        "w": {key: numbers.tied(phrase) for key, phrase in words.items()},
        "answers": worded_answers(facts),
        "verdict": primary(facts),
        "before_and_after": view.before_and_after(facts),
        "figures": view.columns(facts.arms, lambda arm: arm.figures, facts.primary),
        "errors": view.columns(facts.arms, lambda arm: arm.errors),
        "regressions": [StatedComparison(c, outcome(c), sentence(c, facts)) for c in facts.errors if stands_out(c)],
        "people_said": people_said(facts),
        "profiles": [view.named_axes(words, profile) for profile in facts.profiles],
        "probes": view.columns(facts.arms, lambda arm: arm.probes),
        "forests": view.forests(facts),
        "funnel": view.funnel(facts.funnel),
        "largest": max((step.rows_in for step in facts.funnel), default=0),
        "curves": view.curves(facts),
        "losses": loss.shared_scale(facts.losses),
        "probes_by_figure": view.by(facts.overfitting, lambda probe: probe.figure),
        "tokens": loss.by_tokens(facts.losses),
        "spent": total(facts.costs, reused=False),
        "spent_all": total(facts.costs, reused=True),
        "style": (_HERE / "page.css").read_text("utf-8"),
        "duration": partial(numbers.duration, language=language),
        "money": partial(numbers.money, currency=facts.currency, language=language),
        "when": numbers.when(facts.created, language),
        "label": partial(label, words),
        "headed": partial(headed, words),
        "groups_sentence": partial(groups_sentence, facts),
        "group_names": partial(view.group_names, words),
        "failed_names": partial(view.failed_names, words),
        "because": partial(reason, language),
    }
    return str(_environment().get_template("page.html.jinja").render(context))


@cache
def _environment() -> "Environment":
    environment = safe_environment(_HERE)
    environment.globals |= {
        "forest": forest,
        "bar": funnel.bar,
        "loss": loss,
        "came_out": came_out,
        "decimals_of": view.decimals_of,
        "radar": radar,
        "styles": STYLES,
        "unaccounted": unaccounted,
        "digits_of": view.digits_of,
    }
    return environment
