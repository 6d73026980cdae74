"""The plot of one curve: arms as dots with their intervals over the logarithm of the number of pairs, the line and its band."""

import math
from collections.abc import Sequence

from markupsafe import Markup

from secondhalf.report import numbers
from secondhalf.report.plots.scale import Scale, fit_scale
from secondhalf.report.plots.svg import element, path, percent, picture
from secondhalf.scaling.curve import ScalingCurve

# The plot's own place inside the picture, in percent: left, top, width, height.
_LEFT, _TOP, _WIDTH, _HEIGHT = 12.0, 4.0, 85.0, 82.0
Point = tuple[float, float]


def scaling_plot(curve: ScalingCurve, title: str, description: str) -> Markup:
    """Beyond the largest size the line is dashed and its band lighter."""
    sizes = [point.pairs for point in curve.points]
    along = fit_scale([math.log10(pairs) for pairs in [*sizes, curve.target]], pad=0.04)
    gains = [end for point in curve.points for end in (point.gain.low, point.gain.high)]
    vertical = fit_scale([0.0, *gains, *(end for value in curve.line for end in (value.low, value.high))])
    last = math.log10(sizes[-1])
    steps = list(zip(map(math.log10, curve.along), curve.line, strict=True))
    within = [step for step in steps if step[0] <= last]
    beyond = [step for step in steps if step[0] >= (within[-1][0] if within else last)]
    shapes = [*_axes(along, vertical, [*sizes, curve.target])]
    inner: list[Markup] = []
    for kind, part in (("within", within), ("beyond", beyond)):
        if len(part) > 1:
            place = [(along.at(x), value) for x, value in part]
            band = [(x, 100 - vertical.at(value.low)) for x, value in place]
            band += [(x, 100 - vertical.at(value.high)) for x, value in reversed(place)]
            inner.append(element("path", {"class": f"band {kind}", "d": path(band) + "Z"}))
            line: list[Point] = [(x, 100 - vertical.at(value.value)) for x, value in place]
            inner.append(element("path", {"class": f"line {kind}", "d": path(line)}))
    frame = {"x": percent(_LEFT), "y": percent(_TOP), "width": percent(_WIDTH), "height": percent(_HEIGHT)}
    stretched = {"viewBox": "0 0 100 100", "preserveAspectRatio": "none", "class": "lines"}
    shapes.append(element("svg", frame | stretched, *inner))
    for point in curve.points:
        x = percent(_LEFT + _WIDTH * along.at(math.log10(point.pairs)) / 100)
        low, middle, high = (
            percent(_TOP + _HEIGHT * (1 - vertical.at(value) / 100))
            for value in (point.gain.low, point.gain.difference, point.gain.high)
        )
        shapes.append(element("line", {"class": "whisker", "x1": x, "x2": x, "y1": low, "y2": high}))
        name = element("title", {}, f"{point.run}, {point.arm}")
        shapes.append(element("circle", {"class": "dot", "cx": x, "cy": middle, "r": 5.0}, name))
    return picture("scaling", title, description, *shapes)


def _axes(along: Scale, vertical: Scale, marks: Sequence[int]) -> list[Markup]:
    shapes = []
    for tick in vertical.ticks:
        y = percent(_TOP + _HEIGHT * (1 - vertical.at(tick) / 100))
        kind = "zero" if not tick else "grid"
        shapes.append(
            element("line", {"class": kind, "x1": percent(_LEFT), "x2": percent(_LEFT + _WIDTH), "y1": y, "y2": y})
        )
        where = {"x": percent(_LEFT - 1.5), "y": y, "text_anchor": "end", "dominant_baseline": "central"}
        shapes.append(element("text", where, numbers.plain(tick, "count", vertical.digits)))
    for pairs in _apart(sorted(set(marks)), along):
        x = percent(_LEFT + _WIDTH * along.at(math.log10(pairs)) / 100)
        shapes.append(element("text", {"x": x, "y": "97%", "text_anchor": "middle"}, numbers.count(pairs)))
    return shapes


def _apart(marks: Sequence[int], along: Scale, least: float = 9.0) -> list[int]:
    """The numbers that can be read beside each other, the largest first among them."""
    shown: list[int] = []
    for pairs in reversed(marks):
        if all(abs(along.at(math.log10(pairs)) - along.at(math.log10(other))) >= least for other in shown):
            shown.append(pairs)
    return shown
