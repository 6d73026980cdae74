"""What one filter did with one document: in a file of its own, because the stage and the explanation both need it."""

from collections.abc import Sequence
from typing import NamedTuple

from secondhalf.rows import Verdict
from secondhalf.settings import Settings


class FilterStep(NamedTuple):
    """One filter's part: its name, the text that it was given, its verdicts, and the settings that hold its limits.

    The verdicts' spans are offsets in `text`.
    """

    name: str
    text: str
    verdicts: Sequence[Verdict]
    settings: Settings | None = None
