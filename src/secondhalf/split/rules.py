"""Units that a half can be measured in: words, the default, characters, paragraphs (paper, section 3: "the first half"; the unit
is not known)."""

import re
from itertools import count

from secondhalf.text.language import word_spans

# What every rule gives: (offset, units) pairs; cut.py says what they mean.
Boundaries = list[tuple[int, int]]

_GAP = re.compile(r"\s+")


def words(text: str) -> Boundaries:
    """The end of every word; in Japanese and Chinese, of every character, because no tokenizer is assumed."""
    return [(end, count) for count, (_, end) in enumerate(word_spans(text), start=1)]


def characters(text: str) -> Boundaries:
    """The end of every word, blank characters counted, measured in characters from the start of the text."""
    return [(end, end) for _, end in word_spans(text)]


def breaks(text: str, lines: int) -> list[int]:
    """Offsets where white space with at least `lines` line ends begins; the text's edges are left out."""
    found = []
    for gap in _GAP.finditer(text):
        if gap.group() == " ":
            continue
        # Unicode's paragraph separator stands for a blank line.
        blank = gap.group().replace("\r\n", "\n").replace("\u2029", "\n\n")
        ends = sum(blank.count(sign) for sign in "\n\r\x85\u2028")
        if ends >= lines and gap.start() > 0 and gap.end() < len(text):
            found.append(gap.start())
    return found


def paragraphs(text: str) -> Boundaries:
    """The end of every paragraph, the last one's included.

    A blank line ends a paragraph. In a text without blank lines every line is taken for a paragraph, as most extractors
    write web pages; a text that is wrapped by hand and has no blank line is cut at its line ends.
    """
    offsets = breaks(text, lines=2) or breaks(text, lines=1)
    return list(zip([*offsets, len(text.rstrip())], count(1), strict=False))
