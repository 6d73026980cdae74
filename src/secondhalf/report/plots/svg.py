"""SVG elements as escaped markup. Whatever a corpus put into a text or an attribute stays text.

Numbers must be finite: one that is not raises ValueError, since a browser would drop the shape without a word.
"""

import math
from collections.abc import Mapping

from markupsafe import Markup, escape

from secondhalf.text.visible import escape_invisible

Value = str | float


def element(name: str, attributes: Mapping[str, Value], *children: str) -> Markup:
    """One element. Children are markup, or text that is escaped. An underscore in an attribute's name is a dash."""
    attribute_text = Markup("").join(
        Markup(' {}="{}"').format(key.replace("_", "-"), _value(value)) for key, value in attributes.items()
    )
    inside = Markup("").join(
        child if isinstance(child, Markup) else escape(escape_invisible(child)) for child in children
    )
    # The name is this package's own, never a text's.
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(name), attribute_text, inside)


def picture(kind: str, title: str, description: str, *children: str) -> Markup:
    """An outer <svg> as wide as its place; the style sheet gives its height by `kind`. Read aloud as title, desc."""
    attributes = {"class": f"plot {kind}", "role": "img", "aria_label": f"{title}. {description}"}
    labels = (element("title", {}, title), element("desc", {}, description))
    return element("svg", attributes, *labels, *children)


def percent(value: float) -> str:
    """A coordinate, 0 to 100, in percent of the picture."""
    return f"{_number(value)}%"


def path(points: list[tuple[float, float]]) -> str:
    """Path data through points; one point alone is a line of no length, which a round cap shows as a dot."""
    if len(points) == 1:
        points = points * 2
    return " ".join(f"{'L' if i else 'M'}{_number(x)} {_number(y)}" for i, (x, y) in enumerate(points))


def dots(points: list[tuple[float, float]]) -> str:
    """Path data of lines of no length: round caps make dots of them that stay round when the picture is stretched."""
    return " ".join(f"M{_number(x)} {_number(y)}h0" for x, y in points)


def _value(value: Value) -> str:
    return escape_invisible(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no coordinate")
    return f"{round(value, 2) + 0.0:.2f}".rstrip("0").rstrip(".")
