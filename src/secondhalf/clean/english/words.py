"""English words as the published web filters count them: the segmentation of spaCy's blank English tokenizer.

The thresholds of Gopher, C4 and FineWeb are applied by datatrove to spaCy's tokens, so our counts have to be counts of
those. The rules are the ones spaCy documents ("How spaCy's tokenizer works"): what is known by heart is looked up, else
a prefix and a suffix are stripped, again and again; what is left is an entry, an address, or is cut at its infixes; at
last, tokens that together are an entry (":" and ")") are joined.

spaCy joins over blanks too: in "the boys' 'em", the two apostrophes are a pair, and keep "'em" from being joined. We see
one chunk at a time and do not follow it there (one token in a million of running English). Time is linear in the chunk.
"""

import re
from collections.abc import Set
from itertools import pairwise

from secondhalf.clean.english.abbreviations import exceptions
from secondhalf.clean.english.addresses import is_address
from secondhalf.clean.english.alphabets import LETTER, LOWER, PUNCTUATION, QUOTE, SYMBOL, UPPER

_CURRENCY = r"US\$|C\$|A\$|[$£¥฿﷼\u20a0-\u20bf]"
_METRIC = "[kdcm]?m[²³]?|ha|µm|nm|[km]?g|µg|t|m/s|km/h|kmh|h?Pa|mbar|[mkgt]b|[MKGT]B|[TGMK]|yd|in|ft|lb|oz|mph|%"
_CYRILLIC = "[кдсм]?м[²³]?|нм|к?г|мг|м/с|км/ч|к?Па|мбар|[КМГТ][бБ]|[кмг]б"
_ARABIC = "[كسم]?م[²³]?|غرام|جرام|جم|كغ|ملغ|كوب|اكواب"

_PREFIX = re.compile(rf"[§%=—–{PUNCTUATION}{QUOTE}{SYMBOL}]|\+(?![0-9])|\.\.+|{_CURRENCY}")
_SUFFIX = re.compile(
    rf"(?:…{{1,2}}|(?<!\.)\.\.+|['’][sS]|[—–{PUNCTUATION}{QUOTE}{SYMBOL}]"
    rf"|(?<=[0-9])(?:\+|{_CURRENCY}|{_METRIC}|{_CYRILLIC}|{_ARABIC})"
    rf"|(?<=[0-9%²+|\-{LOWER}{PUNCTUATION}{QUOTE}])\.|(?<=[{UPPER}]{{2}})\.|(?<=°[FfCcKk])\.)\Z"
)
_INFIX = re.compile(
    rf"\.\.+|[…{SYMBOL}]|(?<=[0-9])[-+*^](?=[0-9-])|(?<=[{LOWER}{QUOTE}])\.(?=[{UPPER}{QUOTE}])"
    rf"|(?<=[{LETTER}0-9])(?:(?<![0-9]),|-{{1,3}}|–|——?|~|[:<>=/])(?=[{LETTER}])"
)
# Holds the longest suffix and what must stand before it; only a run of stops is longer.
_WINDOW = 8


def segment(chunk: str) -> tuple[str, ...]:
    """The tokens of one chunk without blanks, in order; joined they are the chunk, always.

    "don't," is ("do", "n't", ","). A chunk of white space alone is one token; the empty chunk has none.
    """
    if chunk.isascii() and chunk.isalpha():  # only an entry splits plain letters
        return _KNOWN.get(chunk, (chunk,))
    return _join_entries(_tokens(chunk, _KNOWN.keys()))


def _tokens(chunk: str, known: Set[str]) -> list[str]:
    """Affixes stripped until an entry of `known` is left or there is nothing more to strip, and the core cut up."""
    low, high = 0, len(chunk)
    before: list[str] = []
    after: list[str] = []

    def is_known(start: int, end: int) -> bool:
        return end - start <= _LONGEST and chunk[start:end] in known

    while low < high and not is_known(low, high):
        start = low + _prefix_length(chunk, low, high)
        end = high - _suffix_length(chunk, start, high)
        if is_known(start, high):
            end = high
        elif is_known(low, end):
            start = low
        if start == low and end == high:
            break
        before += [chunk[low:start]] * (start > low)
        after += [chunk[end:high]] * (end < high)
        low, high = start, end
    core = list(_KNOWN[chunk[low:high]]) if is_known(low, high) else _split_infixes(chunk[low:high])
    return before + core + after[::-1]


def _prefix_length(chunk: str, low: int, high: int) -> int:
    prefix = _PREFIX.match(chunk, low, high)
    return prefix.end() - low if prefix else 0


def _suffix_length(chunk: str, low: int, high: int) -> int:
    suffix = _SUFFIX.search(chunk[max(low, high - _WINDOW) : high])
    if not suffix:
        return 0
    length = len(suffix.group())
    if suffix.group().startswith(".."):
        while high - length > low and chunk[high - length - 1] == ".":
            length += 1
    return length


def _split_infixes(core: str) -> list[str]:
    """The core at its infixes: dashes and slashes between letters, ellipses, symbols; an address stays whole."""
    if not core or is_address(core):
        return [core] * bool(core)
    tokens: list[str] = []
    start = 0
    for infix in _INFIX.finditer(core):
        if infix.start() == 0:  # nothing before it, so no infix
            continue
        tokens += [core[start : infix.start()]] * (infix.start() > start)
        tokens.append(infix.group())
        start = infix.end()
    return tokens + [core[start:]] * (start < len(core))


def _join_entries(tokens: list[str]) -> tuple[str, ...]:
    """The tokens that together are an entry replaced by its own: of overlapping runs the longest, then the first."""
    runs = []
    for start, pair in enumerate(pairwise(tokens)):
        for n in _LENGTHS.get(pair, ()):
            if start + n <= len(tokens) and tuple(tokens[start : start + n]) in _RUNS:
                runs.append((-n, start))
    if not runs:
        return tuple(tokens)
    blocked: set[int] = set()
    ends: dict[int, int] = {}
    for length, start in sorted(runs):
        end = start - length
        if not {start, end - 1} & blocked:
            ends[start] = end
        blocked.update(range(start, end))  # a run that lost still blocks shorter ones, as in spaCy
    joined: list[str] = []
    start = 0
    while start < len(tokens):
        end = ends.get(start, start + 1)
        joined += _RUNS[tuple(tokens[start:end])] if start in ends else tokens[start:end]
        start = end
    return tuple(joined)


_KNOWN = exceptions()
_LONGEST = max(map(len, _KNOWN))
# What entries look like to someone who does not know them, with their true tokens.
_RUNS = {tuple(run): tokens for entry, tokens in _KNOWN.items() if len(run := _tokens(entry, frozenset())) > 1}
_LENGTHS: dict[tuple[str, ...], set[int]] = {}
for _run in _RUNS:
    _LENGTHS.setdefault(_run[:2], set()).add(len(_run))
