"""Loss curves of one arm: training as a line, held-out as a dashed line with dots, its seeds over one another.

All arms share the scale of the losses, so that their heights can be compared.
"""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from secondhalf.analysis.facts import Curve, Point
from secondhalf.report import numbers
from secondhalf.report.plots.scale import Scale, fit_scale
from secondhalf.report.plots.svg import dots, element, path, percent, picture

# The plot's own place inside the picture, in percent: left, top, width, height.
_LEFT, _TOP, _WIDTH, _HEIGHT = 11.0, 4.0, 87.0, 82.0
_MOST_POINTS = 400


def shared_scale(curves: Sequence[Curve]) -> Scale:
    """The scale of the losses of all arms."""
    points = [point for curve in curves for point in curve.points]
    return fit_scale([v for p in points for v in (p.loss, p.held_out) if v is not None], most=5)


def by_tokens(curves: Sequence[Curve]) -> bool:
    """True when every point knows its tokens, so that they can be the axis instead of steps."""
    return all(point.tokens > 0 for curve in curves for point in curve.points if point.step > 0)


def train_loss(point: Point) -> float | None:
    """The training loss of a point."""
    return point.loss


def held_out_loss(point: Point) -> float | None:
    """The held-out loss of a point."""
    return point.held_out


def curves_of(curves: Sequence[Curve], vertical: Scale, tokens: bool, title: str, description: str) -> Markup:
    """The picture of one arm's curves over the losses' shared scale, along tokens or else steps."""

    def position(point: Point) -> float:
        return float(point.tokens if tokens else point.step)

    last = max((position(point) for curve in curves for point in curve.points), default=0.0)
    along = fit_scale([0.0, max(last, 1.0)], pad=0.0, most=4)
    lines = [line for curve in curves for line in _lines(curve, position, along, vertical)]
    frame = {"x": percent(_LEFT), "y": percent(_TOP), "width": percent(_WIDTH), "height": percent(_HEIGHT)}
    # The inner picture is stretched to its place; strokes and dots keep their size by vector-effect.
    stretched = {"viewBox": "0 0 100 100", "preserveAspectRatio": "none", "class": "curves"}
    return picture("loss", title, description, *_axes(along, vertical), element("svg", frame | stretched, *lines))


def ends(curves: Sequence[Curve], which: Callable[[Point], float | None]) -> tuple[float, float] | None:
    """The mean over seeds of the first and the last value, or None where there is none."""
    runs = [[v for point in curve.points if (v := which(point)) is not None] for curve in curves]
    known = [run for run in runs if run]
    if not known:
        return None
    return sum(run[0] for run in known) / len(known), sum(run[-1] for run in known) / len(known)


def gap(curves: Sequence[Curve]) -> float | None:
    """Held-out minus training loss at the end, the mean over seeds; None where one of them was not measured.

    The training loss is the mean of the steps since the measurement before: one step's is mostly noise.
    """
    gaps = []
    for curve in curves:
        measured = [index for index, point in enumerate(curve.points) if point.held_out is not None]
        if measured:
            first = measured[-2] + 1 if len(measured) > 1 else 0
            losses = [point.loss for point in curve.points[first : measured[-1] + 1] if point.loss is not None]
            held = curve.points[measured[-1]].held_out
            gaps += [held - sum(losses) / len(losses)] if losses and held is not None else []
    return sum(gaps) / len(gaps) if gaps else None


def _lines(curve: Curve, position: Callable[[Point], float], along: Scale, vertical: Scale) -> list[Markup]:
    shapes: list[Markup] = []
    for kind, which in (("train", train_loss), ("held-out", held_out_loss)):
        points = [(along.at(position(p)), 100 - vertical.at(v)) for p in curve.points if (v := which(p)) is not None]
        points = _thinned(points)
        if points:
            shapes.append(element("path", {"class": f"line {kind}", "d": path(points)}))
        if points and kind == "held-out":
            shapes.append(element("path", {"class": "dots", "d": dots(points)}))
    return shapes


def _thinned(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most some hundred points: the mean of each run of them, so that noise is not drawn by the megabyte."""
    if len(points) <= _MOST_POINTS:
        return points
    size = -(-len(points) // _MOST_POINTS)
    groups = [points[start : start + size] for start in range(0, len(points), size)]
    means = [(sum(x for x, _ in g) / len(g), sum(y for _, y in g) / len(g)) for g in groups]
    return [points[0], *means[1:-1], points[-1]]


def _axes(along: Scale, vertical: Scale) -> list[Markup]:
    shapes = []
    for tick in vertical.ticks:
        y = _TOP + _HEIGHT * (1 - vertical.at(tick) / 100)
        ends_at = {"x1": percent(_LEFT), "x2": percent(_LEFT + _WIDTH), "y1": percent(y), "y2": percent(y)}
        shapes.append(element("line", {"class": "grid", **ends_at}))
        text = numbers.plain(tick, "count", vertical.digits)
        where = {"x": percent(_LEFT - 1.5), "y": percent(y), "text_anchor": "end", "dominant_baseline": "central"}
        shapes.append(element("text", where, text))
    for tick in along.ticks:
        x = _LEFT + _WIDTH * along.at(tick) / 100
        anchor = "end" if x > 90 else "middle"
        shapes.append(
            element(
                "text", {"x": percent(x), "y": "97%", "text_anchor": anchor}, numbers.plain(tick, "count", along.digits)
            )
        )
    return shapes
