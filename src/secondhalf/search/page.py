"""Writes the page of a search: one file without scripts or outside resources, as the report's is, in its language."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf import report
from secondhalf.analysis.figures import unit_of
from secondhalf.report import numbers
from secondhalf.report.templates import safe_environment
from secondhalf.report.words import label, page_words, search_words
from secondhalf.search.axes import named
from secondhalf.search.confirm import Confirmation, sentence
from secondhalf.search.limits import Measure
from secondhalf.search.measures import COST, FORGETTING, in_dollars
from secondhalf.search.outcome import Outcome, Result
from secondhalf.search.plots import Dot, Kind, scatter, share_bar
from secondhalf.search.study import Search
from secondhalf.search.table import shown_figures
from secondhalf.store.files import write_atomically

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parent


def write_page(search: Search, outcome: Outcome, confirmation: Confirmation | None) -> Path:
    """Writes searches/NAME/index.html, whole or not at all; returns its path."""
    path = search.folder / "index.html"
    write_atomically(path, render(search, outcome, confirmation))
    return path


def render(search: Search, outcome: Outcome, confirmation: Confirmation | None) -> str:
    """The page as text."""
    recipe, figure = search.recipe(search.trial(0, {})), outcome.figures[0]
    language, best = recipe.report.language, outcome.best
    words, page = search_words(language), page_words(language)

    def name(figure: str) -> str:
        own = {FORGETTING: words["figure_forgetting"], COST: words["figure_cost"]}
        return own.get(figure) or page.get(f"probe_{figure}") or label(page, "figure", figure)

    styles = [Path(report.__file__).parent / "page.css", _HERE / "search.css"]
    context: dict[str, object] = {
        "search": search,
        "outcome": outcome,
        "confirmation": confirmation,
        "confirmed": sentence(confirmation, figure, language) if confirmation else "",
        "language": language,
        "w": words,
        "range": page["range"],
        "columns": shown_figures(outcome),
        "measure": _measure,
        "name": name,
        "named": named,
        "winner": best.trial if best and best.trial.number else None,
        "best": best,
        "COST": COST,
        "cost": words["cost_dollars" if in_dollars(recipe) else "cost_seconds"],
        "plots": [(other, plot) for other, plot in _plots(outcome, name, words).items()],
        "bars": {field: share_bar(share, field) for field, share in outcome.importance.items()},
        "style": "\n".join(style.read_text("utf-8") for style in styles),
    }
    return str(_environment().get_template("search.html.jinja").render(context))


def _measure(figure: str, measure: Measure) -> tuple[str, str, str]:
    """A figure's mean and the ends of its interval, as they are written elsewhere too: shares as they are."""
    digits = 4 if unit_of(figure) in {"share", "nats"} else 2
    mean, low, high = (numbers.plain(value, "count", digits) for value in (measure.mean, measure.low, measure.high))
    return mean, low, high


def _plots(outcome: Outcome, name: Callable[[str], str], words: Mapping[str, str]) -> "dict[str, Markup]":
    """The gain in the first figure against cost, against forgetting, and against the second figure, where trials have them."""
    figure = outcome.figures[0]
    others = dict.fromkeys([COST, FORGETTING, *outcome.figures[1:]])
    plots = {}
    for other in others:
        dots = [
            Dot(one.trial.number, one.trial.measures[other].mean, _gain(one), _kind(one, outcome))
            for one in outcome.results
            if (one.gain or one.trial.number == 0) and other in one.trial.measures
        ]
        if len(dots) > 1:
            names = {"figure": name(figure), "other": name(other)}
            plots[other] = scatter(
                dots, words["against"].format(**names), words["plot_desc"].format(n=len(dots), **names)
            )
    return plots


def _gain(result: Result) -> Measure:
    """The trial minus the recipe as it stands, which is at 0."""
    return Measure(result.gain.difference, result.gain.low, result.gain.high) if result.gain else Measure(0.0, 0.0, 0.0)


def _kind(result: Result, outcome: Outcome) -> Kind:
    if result.trial.number == 0:
        return "start"
    return "over" if result.over else "best" if result is outcome.best else "other"


@cache
def _environment() -> "Environment":
    return safe_environment(_HERE)
