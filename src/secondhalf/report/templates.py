"""The Jinja environment of every page: whatever a corpus, a recipe or a command line put into a text stays text.

Every expression passes `escape_invisible` and then autoescape, attributes and SVG included; there is no other way in.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.report import numbers
from secondhalf.report.words import fill
from secondhalf.text.visible import escape_invisible

if TYPE_CHECKING:
    from jinja2 import Environment


def safe_environment(folder: Path) -> "Environment":
    """An environment over the templates of a folder, with the filter `fill` and the module `numbers`."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        return value if isinstance(value, Markup) else escape_invisible(str(value))

    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        finalize=shown,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = fill
    environment.globals["numbers"] = numbers
    return environment
