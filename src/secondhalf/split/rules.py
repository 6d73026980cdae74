"""Units that a half can be measured in: words, the default, characters, paragraphs (paper, section 3: "the first half"; the unit
is not known)."""

import re
from itertools import count

from secondhalf.text.language import word_spans

Boundaries = list[tuple[int, int]]
"""What every rule gives: (offset in characters, units up to it), rising in both; cut.py says more."""

_GAP = re.compile(r"\s+")


def word_boundaries(text: str) -> Boundaries:
    """The end of every word, counted in words; in Japanese and Chinese, of every character, because no tokenizer is assumed."""
    return [(end, count) for count, (_, end) in enumerate(word_spans(text), start=1)]


def character_boundaries(text: str) -> Boundaries:
    """The end of every word, blank characters counted, measured in characters from the start of the text."""
    return [(end, end) for _, end in word_spans(text)]


def line_breaks(text: str, lines: int) -> list[int]:
    """Offsets where white space with at least `lines` line ends begins; the text's edges are left out."""
    offsets = []
    for gap in _GAP.finditer(text):
        if gap.group() == " ":
            continue
        # Unicode's paragraph separator stands for a blank line.
        space = gap.group().replace("\r\n", "\n").replace("\u2029", "\n\n")
        ends = sum(space.count(sign) for sign in "\n\r\x85\u2028")
        if ends >= lines and gap.start() > 0 and gap.end() < len(text):
            offsets.append(gap.start())
    return offsets


def paragraph_boundaries(text: str) -> Boundaries:
    """The end of every paragraph, the last one's included, counted in paragraphs.

    A blank line ends a paragraph. In a text without blank lines every line is taken for a paragraph, as most extractors
    write web pages; a text that is wrapped by hand and has no blank line is cut at its line ends.
    """
    offsets = line_breaks(text, lines=2) or line_breaks(text, lines=1)
    return list(zip([*offsets, len(text.rstrip())], count(1), strict=False))
