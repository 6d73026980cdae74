"""Draws the pages. Every expression is made visible and escaped (report/templates.py); only what a text field holds is as it is,
for what a reviewer does not change must come back unchanged.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.report.templates import safe_environment
from secondhalf.report.words import Language, label, reason, review_words
from secondhalf.statistics import describe_comparison

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
LANGUAGES: tuple[Language, ...] = ("en", "ja")
RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"))


def render(template: str, **context: object) -> str:
    """A page, or a part of one, as text."""
    return _environment().get_template(f"{template}.html.jinja").render(context)


def prepare() -> None:
    """Reads every page's template and the words, which takes most of a second, before anybody waits for it."""
    environment = _environment()
    for name in environment.list_templates():
        environment.get_template(name)
    for language in LANGUAGES:
        review_words(language)


@cache
def _environment() -> "Environment":
    environment = safe_environment(_HERE / "templates")
    environment.auto_reload = False
    environment.filters["as_typed"] = _as_typed
    environment.filters["direction"] = _direction
    environment.filters["percent"] = _percent
    environment.globals |= {"label": label, "because": reason, "describe": describe_comparison}
    return environment


def _as_typed(text: str) -> "Markup":
    """A text as a text field holds it: escaped, and nothing made visible."""
    from markupsafe import escape

    return escape(text)


def _direction(language: str) -> str:
    """The direction of a text in a language; auto where nobody knows the language."""
    if not language:
        return "auto"
    return "rtl" if language.partition("-")[0].lower() in RIGHT_TO_LEFT else "auto"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
