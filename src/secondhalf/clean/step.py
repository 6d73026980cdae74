"""What one filter did with one document."""

from collections.abc import Sequence
from typing import NamedTuple

from secondhalf.rows import Verdict
from secondhalf.settings import Settings


class FilterStep(NamedTuple):
    """One filter's part: its name, the text that it was given, what it said, and the settings that hold its limits.

    The verdicts' spans are places in `text`.
    """

    name: str
    text: str
    verdicts: Sequence[Verdict]
    settings: Settings | None = None
