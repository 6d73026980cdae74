"""The radar plot: one axis a task category, one closed line an arm, over a scale that all axes share.

Arms are told apart by dash as well as colour; an axis on which an arm has no value breaks its line.
"""

import math
from collections.abc import Sequence

from markupsafe import Markup

from secondhalf.analysis.facts import Profile
from secondhalf.report import numbers
from secondhalf.report.plots.scale import Scale, fit_scale
from secondhalf.report.plots.svg import element, path, picture

_MIDDLE, _TOP, _RADIUS, _LABEL = 50.0, 36.0, 29.0, 32.5  # in hundredths of the picture
STYLES = 6  # dashes and colours, after which they come again


def scale_of(profile: Profile) -> Scale:
    """From 0 to the largest value, in the unit as it is shown; a judge's grades from 1 to 10."""
    by = numbers.scale(profile.unit)
    values = [value * by for held in profile.arms.values() for value in held if value is not None]
    return fit_scale([1.0, 10.0] if profile.unit == "points" else [0.0, *values], pad=0.0, most=4)


def radar(profile: Profile, title: str, description: str) -> Markup:
    """All arms over their axes."""
    scale, count, by = scale_of(profile), len(profile.axes), numbers.scale(profile.unit)
    rings = [
        element("path", {"class": "ring", "d": path(_corners([scale.at(tick)] * count)) + "Z"}) for tick in scale.ticks
    ]
    spokes = [
        element("path", {"class": "spoke", "d": path([(_MIDDLE, _TOP), _corner(axis, count, 100.0)])})
        for axis in range(count)
    ]
    ticks = [
        element("text", {"class": "tick", "x": _MIDDLE + 0.8, "y": _TOP - scale.at(tick) * _RADIUS / 100 + 2.6},
                numbers.plain(tick / by, profile.unit, scale.digits))
        for tick in scale.ticks[1:]
    ]  # fmt: skip
    lines = [
        element("path", {"class": f"arm arm-{number % STYLES}", "d": _line(held, scale, by)})
        for number, held in enumerate(profile.arms.values())
    ]
    labels = [_label(axis, count, name) for axis, name in enumerate(profile.axes)]
    inside = element("svg", {"viewBox": "0 0 100 72"}, *rings, *spokes, *ticks, *lines, *labels)
    return picture("radar", title, description, inside)


def _line(held: Sequence[float | None], scale: Scale, by: float) -> str:
    """A closed line through the values; where one is missing, runs of those beside each other."""
    points = [
        None if value is None else _corner(axis, len(held), scale.at(value * by)) for axis, value in enumerate(held)
    ]
    if all(points):
        return path([point for point in points if point]) + "Z"
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        runs[-1].append(point) if point else runs.append([])
    return " ".join(path(run) for run in runs if run)


def _corners(values: Sequence[float]) -> list[tuple[float, float]]:
    return [_corner(axis, len(values), value) for axis, value in enumerate(values)]


def _corner(axis: int, count: int, value: float, radius: float = _RADIUS) -> tuple[float, float]:
    """Of a value (0 to 100 along the axis); the first axis points up, the others follow clockwise."""
    angle = 2 * math.pi * axis / count
    reach = radius * value / 100
    return _MIDDLE + reach * math.sin(angle), _TOP - reach * math.cos(angle)


def _label(axis: int, count: int, name: str) -> Markup:
    x, y = _corner(axis, count, 100.0, _LABEL)
    anchor = "middle" if abs(x - _MIDDLE) < 2 else "start" if x > _MIDDLE else "end"
    return element("text", {"class": "axis-name", "x": x, "y": y + 1, "text_anchor": anchor}, name)
