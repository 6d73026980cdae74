"""Half by words, the default (paper, section 3: "the first half"; the unit is not known)."""

from secondhalf.split.cut import Boundaries
from secondhalf.text.language import word_spans


def words(text: str) -> Boundaries:
    """The end of every word; in Japanese and Chinese, of every character, because no tokenizer is assumed."""
    return [(end, count) for count, (_, end) in enumerate(word_spans(text), start=1)]
