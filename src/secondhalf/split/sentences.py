"""Half by sentences, in English and its like by stops before white space, in Japanese and Chinese by their own stops.

Rather misses an end than cuts inside a sentence: what follows must not begin in lower case, titles, initials and
numbered abbreviations end nothing, and nothing ends inside Japanese brackets. A blank line always ends a sentence.
"""

import re
from collections import Counter
from itertools import count

from secondhalf.split.rules import Boundaries, line_breaks

# The lookbehinds let a match begin only at the first of a row of stops: a line of dots stays linear.
_SPACED = re.compile(r"""(?<![.!?…؟۔।])[.!?…؟۔।]+["'”’»)\]]*(?=\s)""")
_SPACELESS = re.compile(r"(?<![。！？｡．])[。！？｡．]+[」』）】〉》〕］｝｣”’)\]]*")
_BLANK = re.compile(r"\s*")
_LAST_WORD = re.compile(r"[^\W_]+(?:\.[^\W_]+)*$")
_DOTTED = re.compile(r"[^\W\d_]{1,2}(?:\.[^\W\d_]{1,2})*")
_GOES_ON = re.compile("[\u3041-\u309f、，]")
_BRACKETS = {"「": "」", "『": "』", "（": "）", "【": "】", "〈": "〉", "《": "》", "〔": "〕", "［": "］", "｢": "｣"}
_BRACKET_OR_LINE = re.compile("[\n" + "".join(_BRACKETS) + "".join(_BRACKETS.values()) + "]")

_BEFORE_NAMES = re.compile(
    "mr|mrs|ms|mx|dr|prof|rev|fr|hon|pres|gov|sen|rep|gen|col|maj|capt|cmdr|lt|sgt|adm|st|ste|mt|ft|mme|mlle|messrs"
    "|sr|sra|srta|hr|nr|eds?|cf|vs|viz|ca|approx|bzw",
    re.IGNORECASE,
)
_BEFORE_NUMBERS = re.compile(
    "nos?|figs?|eqs?|secs?|chap|ch|art|vols?|pp?|para|ver|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec", re.IGNORECASE
)


def sentence_boundaries(text: str) -> Boundaries:
    """The end of every sentence, closing quotes and brackets included, counted in sentences; the last one needs no stop."""
    solid = len(text.rstrip())
    offsets = {*line_breaks(text, lines=2), *_spaced_ends(text), *_spaceless_ends(text)}
    inner = sorted(offset for offset in offsets if offset < solid)
    return list(zip([*inner, solid], count(1), strict=False))


def _spaced_ends(text: str) -> list[int]:
    """Ends by . ! ? before white space."""
    ends: list[int] = []
    start = _blank_end(text, 0)
    for stop in _SPACED.finditer(text):
        begin = _blank_end(text, stop.end())
        after = text[begin : begin + 1]
        if after.islower() or (stop.group() == "." and _abbreviates(text, start, stop.start(), after)):
            continue
        ends.append(stop.end())
        start = begin
    return ends


def _abbreviates(text: str, start: int, dot: int, after: str) -> bool:
    """True when the dot at `dot` belongs to its word: Dr. | J. | e.g. | No. 5 | the 1. of a list.

    `start`: where the sentence begins, no blank.
    """
    # No abbreviation is longer than this, and looking back no further keeps a text without spaces linear.
    last_word = _LAST_WORD.search(text, max(start, dot - 12), dot)
    if last_word is None:
        return False
    word = last_word.group()
    if word.isdigit():
        line = max(start, text.rfind("\n", start, dot) + 1)
        return last_word.start() in (start, _blank_end(text, line))
    if _BEFORE_NUMBERS.fullmatch(word):
        return after.isdigit()
    initial = len(word) == 1 and word.isupper()
    dotted = "." in word and _DOTTED.fullmatch(word) is not None
    return initial or dotted or _BEFORE_NAMES.fullmatch(word) is not None


def _blank_end(text: str, offset: int) -> int:
    blank = _BLANK.match(text, offset)
    return blank.end() if blank else offset


def _spaceless_ends(text: str) -> list[int]:
    """Ends by 。！？ wherever they stand; not in brackets, nor where the sentence goes on after a quotation."""
    ends = []
    brackets = _bracketed(text)
    index = 0
    for stop in _SPACELESS.finditer(text):
        after = text[stop.end() : stop.end() + 1]
        while index < len(brackets) and brackets[index][1] < stop.end():
            index += 1
        inside = index < len(brackets) and brackets[index][0] < stop.start()
        quoted = stop.group()[-1] not in "。！？｡．"
        number = stop.group() == "．" and after.isdigit()
        if not (inside or number or (quoted and _GOES_ON.match(after))):
            ends.append(stop.end())
    return ends


def _bracketed(text: str) -> list[tuple[int, int]]:
    """Outermost Japanese brackets that close on their own line: (offset of the opening, of the closing), in order.

    One that never closes hides nothing, so a stray bracket does not swallow the rest of a text.
    """
    spans: list[tuple[int, int]] = []
    unclosed: list[tuple[int, str]] = []
    closings: Counter[str] = Counter()  # of the unclosed: a sign that closes none of them is not sought among them
    for sign in _BRACKET_OR_LINE.finditer(text):
        if sign.group() == "\n":
            unclosed.clear()
            closings.clear()
        elif sign.group() in _BRACKETS:
            unclosed.append((sign.start(), _BRACKETS[sign.group()]))
            closings[_BRACKETS[sign.group()]] += 1
        elif closings[sign.group()]:
            closing = ""
            while closing != sign.group():
                begin, closing = unclosed.pop()
                closings[closing] -= 1
            while spans and spans[-1][0] > begin:
                spans.pop()
            spans.append((begin, sign.start()))
    return spans
