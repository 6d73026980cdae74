"""The plots of a search's page: trials as dots over two figures, and a bar for what a field explains."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from secondhalf.report import numbers
from secondhalf.report.plots.scale import fit_scale
from secondhalf.report.plots.svg import Value, element, percent, picture
from secondhalf.search.limits import Measure

# The plot's own place inside the picture, in percent: left, top, width, height.
_LEFT, _TOP, _WIDTH, _HEIGHT = 13.0, 4.0, 84.0, 82.0
Kind = Literal["best", "start", "over", "other"]
_MARKS: dict[Kind, tuple[str, dict[str, Value]]] = {
    "best": ("circle", {"r": 6.0}),
    "other": ("circle", {"r": 5.0}),
    "over": ("path", {"d": "M0 -6L6 0L0 6L-6 0Z"}),
    "start": ("rect", {"x": -5.0, "y": -5.0, "width": 10.0, "height": 10.0}),
}


@dataclass(frozen=True)
class Dot:
    """A trial in a plot: across, up with its interval, and what it is."""

    number: int
    across: float
    up: Measure
    kind: Kind


def scatter(dots: Sequence[Dot], title: str, description: str) -> Markup:
    """Trials over two figures, each with a whisker for the interval of what goes up."""
    along = fit_scale([dot.across for dot in dots], most=4)
    vertical = fit_scale([end for dot in dots for end in (dot.up.low, dot.up.high)])
    shapes: list[Markup] = []
    for tick in vertical.ticks:
        y = percent(_TOP + _HEIGHT * (1 - vertical.at(tick) / 100))
        shapes.append(
            element("line", {"class": "grid", "x1": percent(_LEFT), "x2": percent(_LEFT + _WIDTH), "y1": y, "y2": y})
        )
        where = {"x": percent(_LEFT - 1.5), "y": y, "text_anchor": "end", "dominant_baseline": "central"}
        shapes.append(element("text", where, numbers.plain(tick, "count", vertical.digits)))
    for tick in along.ticks:
        x = percent(_LEFT + _WIDTH * along.at(tick) / 100)
        shapes.append(
            element("text", {"x": x, "y": "97%", "text_anchor": "middle"}, numbers.plain(tick, "count", along.digits))
        )
    for dot in dots:
        x = percent(_LEFT + _WIDTH * along.at(dot.across) / 100)
        low, middle, high = (
            percent(_TOP + _HEIGHT * (1 - vertical.at(value) / 100)) for value in (dot.up.low, dot.up.mean, dot.up.high)
        )
        name, shape = _MARKS[dot.kind]
        shapes.append(element("line", {"class": "whisker", "x1": x, "x2": x, "y1": low, "y2": high}))
        mark = element("g", {"class": dot.kind}, element("title", {}, str(dot.number)), element(name, shape))
        shapes.append(element("svg", {"x": x, "y": middle, "class": "mark"}, mark))
    return picture("scatter", title, description, *shapes)


def share_bar(share: float, title: str) -> Markup:
    """A bar for a share, 0 to 1."""
    rect = {"class": "kept", "x": "0%", "y": "0%", "width": percent(100 * share), "height": "100%"}
    foot = element("line", {"class": "foot", "x1": "0%", "x2": "0%", "y1": "0%", "y2": "100%"})
    return picture("bar", title, numbers.share(share, 1.0), element("rect", rect), foot)
