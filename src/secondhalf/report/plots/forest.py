"""The forest plot: one row a comparison, a dot with its interval's whisker, and the zero line through all rows.

How it came out shows by shape as well as colour: a full dot is better, a diamond worse, a hollow dot within noise, not
shown, or on a figure that carries no claim.
"""

from collections.abc import Sequence

from markupsafe import Markup

from secondhalf.analysis.facts import ArmComparison
from secondhalf.report import numbers
from secondhalf.report.plots.scale import Scale, fit_scale
from secondhalf.report.plots.svg import Value, element, percent, picture
from secondhalf.report.verdict import Outcome, outcome

_MARKS: dict[Outcome, tuple[str, dict[str, Value]]] = {
    "better": ("circle", {"r": 6.0}),
    "noise": ("circle", {"r": 5.5}),
    "unshown": ("circle", {"r": 5.5}),
    "unclaimed": ("circle", {"r": 5.5}),
    "worse": ("path", {"d": "M0 -7.5L7.5 0L0 7.5L-7.5 0Z"}),
}


def shared_scale(comparisons: Sequence[ArmComparison]) -> Scale:
    """The scale of all rows of one figure, in the unit as it is shown; 0 is always on it."""
    by = numbers.scale(comparisons[0].unit)
    values = [value * by for c in comparisons for value in (c.low, c.difference, c.high)]
    return fit_scale([0.0, *values], pad=0.08, most=4)


def row(comparison: ArmComparison, scale: Scale, title: str, description: str) -> Markup:
    """One comparison over the shared scale."""
    by = numbers.scale(comparison.unit)
    low, middle, high = (scale.at(v * by) for v in (comparison.low, comparison.difference, comparison.high))
    came_out = outcome(comparison)
    grid = [_line(scale.at(tick), "grid") for tick in scale.ticks if tick]
    caps = [
        element("line", {"class": "whisker", "x1": percent(x), "x2": percent(x), "y1": "36%", "y2": "64%"})
        for x in (low, high)
    ]
    whisker = {"class": "whisker", "x1": percent(low), "x2": percent(high), "y1": "50%", "y2": "50%"}
    name, shape = _MARKS[came_out]
    # An inner picture without a size of its own moves the mark to a place in percent.
    mark = element("svg", {"x": percent(middle), "y": "50%", "class": "mark"}, element(name, shape))
    inside = [*grid, _line(scale.at(0.0), "zero"), element("line", whisker), *caps, mark]
    return picture(f"forest {came_out}", title, description, *inside)


def axis(scale: Scale, title: str) -> Markup:
    """The numbers under the rows."""
    labels = []
    for tick in scale.ticks:
        x = scale.at(tick)
        anchor = "start" if x < 6 else "end" if x > 94 else "middle"
        text = numbers.signed(tick, "count", scale.digits) if tick else "0"
        labels.append(element("text", {"x": percent(x), "y": 16, "text_anchor": anchor}, text))
        labels.append(element("line", {"class": "tick", "x1": percent(x), "x2": percent(x), "y1": 0, "y2": 4}))
    return picture(
        "axis", title, ", ".join(numbers.signed(tick, "count", scale.digits) for tick in scale.ticks), *labels
    )


def _line(x: float, kind: str) -> Markup:
    return element("line", {"class": kind, "x1": percent(x), "x2": percent(x), "y1": "0%", "y2": "100%"})
