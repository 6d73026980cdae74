"""One bar of the funnel: what came out is solid, what was left out pale beside it, over the largest stage's rows."""

from markupsafe import Markup

from secondhalf.analysis.facts import FunnelStep
from secondhalf.report.plots.svg import element, percent, picture


def bar(step: FunnelStep, largest: int, title: str, description: str) -> Markup:
    """The bar of one stage, `largest` rows being the whole width."""
    whole = max(largest, step.rows_in, step.rows_out, 1)
    out, came = 100 * step.rows_out / whole, 100 * max(step.rows_in, step.rows_out) / whole
    shapes = [
        element("rect", {"class": "refused", "x": percent(0), "y": "0%", "width": percent(came), "height": "100%"}),
        element("rect", {"class": "kept", "x": percent(0), "y": "0%", "width": percent(out), "height": "100%"}),
        # A stage of a thousandth of the largest must still show that something is there.
        element("line", {"class": "foot", "x1": percent(0), "x2": percent(0), "y1": "0%", "y2": "100%"}),
    ]
    return picture("bar", title, description, *shapes)
