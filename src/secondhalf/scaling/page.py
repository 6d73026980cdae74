"""The scaling view for people, as text and as a page, and for programs as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf import report
from secondhalf.analysis.figures import unit_of
from secondhalf.evaluate.invariance import moves_with
from secondhalf.report import numbers
from secondhalf.report.templates import safe_environment
from secondhalf.report.verdict import no_evidence
from secondhalf.report.words import Language, fill, label, page_words, scaling_words
from secondhalf.scaling.curve import ScalingCurve, ScalingPoint
from secondhalf.scaling.plot import scaling_plot
from secondhalf.statistics.scaling import FEWEST_SIZES, CurveValue
from secondhalf.store.given_files import is_our_page, write_given
from secondhalf.text.table import format_table

if TYPE_CHECKING:
    from jinja2 import Environment

_HERE = Path(__file__).parent


def write_page(curves: Sequence[ScalingCurve], figure: str, language: Language, path: Path) -> None:
    """Writes the page, whole or not at all. Raises UserError."""
    write_given(path, render(curves, figure, language), is_former=is_our_page)


def render(curves: Sequence[ScalingCurve], figure: str, language: Language) -> str:
    """The page as text: one file without scripts or outside resources."""
    words, name = scaling_words(language), label(page_words(language), "figure", figure)
    styles = [Path(report.__file__).parent / "page.css", _HERE / "scaling.css"]
    context: dict[str, object] = {
        "w": words,
        "language": language,
        "figure": name,
        "curves": [(curve, _picture(curve, name, language), sentences(curve, figure, language)) for curve in curves],
        "gain": lambda point: _gain(point, figure),
        "style": "\n".join(style.read_text("utf-8") for style in styles),
    }
    return str(_environment().get_template("scaling.html.jinja").render(context))


def as_text(curves: Sequence[ScalingCurve], figure: str, language: Language) -> str:
    """A table of every curve's points, and what its line says."""
    words = scaling_words(language)
    blocks = []
    for curve in curves:
        rows = [[point.run, point.arm, numbers.count(point.pairs), _gain(point, figure)] for point in curve.points]
        head = [words[key] for key in ("run", "arm", "pairs", "gain")]
        title = words["curve"].format(teacher=curve.teacher, student=curve.student)
        blocks.append("\n".join([title, format_table(rows, head), "", *sentences(curve, figure, language)]))
    return "\n\n".join(blocks)


def as_json(curves: Sequence[ScalingCurve], figure: str) -> str:
    """The same for programs, in the figure's own units."""
    rows = [{**asdict(curve), "extrapolates": curve.extrapolates} for curve in curves]
    return json.dumps({"figure": figure, "moves_with": list(moves_with(figure)), "curves": rows}, ensure_ascii=False)


def sentences(curve: ScalingCurve, figure: str, language: Language) -> list[str]:
    """What the line says, and what it does not."""
    words = scaling_words(language)
    if curve.slope is None or curve.beyond is None:
        return [words["no_line"].format(least=FEWEST_SIZES)]
    largest = numbers.count(curve.points[-1].pairs)
    told = [words["slope"].format(value=_value(curve.slope, figure))]
    told.append(words["slope_flat"] if curve.slope.low <= 0 <= curve.slope.high else words["slope_shown"])
    if curve.uncovered:
        told[-1] = words["uncovered"]
    if curve.left_out is not None:
        last = curve.points[-1]
        told.append(words["left_out"].format(n=largest, value=_value(curve.left_out, figure), gain=_gain(last, figure)))
    places = {"n": numbers.count(curve.target), "value": _value(curve.beyond, figure), "largest": largest}
    told.append(words["extrapolated" if curve.extrapolates else "within"].format(**places))
    if nuisances := moves_with(figure):
        told.append(no_evidence(nuisances, language))
    return [numbers.tied(one) for one in told]


def _picture(curve: ScalingCurve, figure: str, language: Language) -> str:
    words = scaling_words(language)
    title = words["plot"].format(figure=figure, teacher=curve.teacher)
    return scaling_plot(curve, title, fill(words["plot_desc"], n=len(curve.points)))


def _gain(point: ScalingPoint, figure: str) -> str:
    gain = point.gain
    return _value(CurveValue(gain.difference, gain.low, gain.high), figure)


def _value(value: CurveValue, figure: str) -> str:
    digits = 2 if unit_of(figure) in {"points", "count"} else 3
    mean, low, high = (numbers.signed(one, "count", digits) for one in (value.value, value.low, value.high))
    return f"{mean} [{low}, {high}]"


@cache
def _environment() -> "Environment":
    return safe_environment(_HERE)
