"""Half by characters, blank ones counted, cut where a word ends."""

from secondhalf.split.cut import Boundaries
from secondhalf.text.language import word_spans


def characters(text: str) -> Boundaries:
    """The end of every word, measured in characters from the start of the text."""
    return [(end, end) for _, end in word_spans(text)]
