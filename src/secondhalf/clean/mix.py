"""What the filters do to the mix: sources, languages, topics and mentions of groups, before and after, with their claims.

A filter that is blind to what a text is about still refuses more of some texts than of others (Dodge et al., arXiv
2104.08758, for C4). Topics and groups are read off short word lists (clean/lists), so that everyone can check a count.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache

from secondhalf import statistics
from secondhalf.clean.lists import word_lists
from secondhalf.rows import Document
from secondhalf.statistics import selection_effect

TOPIC_WORDS = 3  # Different words of a topic that make a text count under it; a group needs one.
MAX_CATEGORIES = 20  # Of sources and of languages, the most frequent first.
KINDS = ("source", "language", "topic", "group")


@dataclass(frozen=True, slots=True)
class MixShift:
    """One category's share of the documents before and after cleaning, 0 to 1, and whether the shift stands out.

    `low` and `high` are the 95 % interval of the difference. A shift stands out when its p, corrected by Holm for all
    categories compared, is below 0.05: one such list in twenty names one when the filters are blind.
    """

    kind: str
    name: str
    documents: int
    kept: int
    before: float
    after: float
    difference: float
    low: float
    high: float
    p: float
    stands_out: bool


def measure_mix(kept: Iterable[Document], refused: Iterable[Document]) -> list[MixShift]:
    """Every category that documents fall under, by kind, those whose share moved most first.

    `kept` and `refused` together are the documents before; a text that a filter rewrote counts as it left the filter.
    """
    (kept_total, kept_counts), (refused_total, refused_counts) = _count(kept), _count(refused)
    total, counts = kept_total + refused_total, kept_counts + refused_counts
    compared = [key for kind in KINDS for key in _compared(counts, kind)]
    selections = [selection_effect(kept_counts[key], kept_total, counts[key], total) for key in compared]
    corrected = statistics.holm([selection.p for selection in selections])
    shifts = [
        MixShift(*key, counts[key], kept_counts[key], **{**asdict(selection), "p": p}, stands_out=p < 0.05)
        for key, selection, p in zip(compared, selections, corrected, strict=True)
    ]
    return sorted(shifts, key=lambda shift: (KINDS.index(shift.kind), -abs(shift.difference), shift.name))


def mix_as_dict(shifts: list[MixShift]) -> list[dict[str, object]]:
    """The shifts for JSON."""
    return [asdict(shift) for shift in shifts]


def mix_as_text(shifts: list[MixShift]) -> str:
    """A sentence, and a line for each shift that stands out: shares in percent, the difference in points."""
    moved = [shift for shift in shifts if shift.stands_out]
    if not shifts:
        return "The mix: no documents."
    if not moved:
        return f"The mix: none of {len(shifts)} sources, languages, topics and groups moved more than chance would."
    moved.sort(key=lambda shift: -abs(shift.difference))
    lines = [
        f"  {shift.kind}: {shift.name}  {shift.before:.1%} to {shift.after:.1%} of the documents"
        f" ({100 * shift.difference:+.1f} points, 95 % interval {100 * shift.low:.1f} to {100 * shift.high:.1f})"
        for shift in moved
    ]
    return f"The mix: {len(moved)} of {len(shifts)} sources, languages, topics and groups moved:\n" + "\n".join(lines)


def _count(documents: Iterable[Document]) -> tuple[int, Counter[tuple[str, str]]]:
    total, counts = 0, Counter[tuple[str, str]]()
    for document in documents:
        total += 1
        counts["source", document.source] += 1
        counts["language", document.language or "unknown"] += 1
        counts.update(categories(document.text))
    return total, counts


def _compared(counts: Counter[tuple[str, str]], kind: str) -> list[tuple[str, str]]:
    """The categories of a kind to compare; a kind with one category cannot move."""
    keys = sorted((key for key in counts if key[0] == kind), key=lambda key: (-counts[key], key))
    return [] if kind in {"source", "language"} and len(keys) == 1 else keys[:MAX_CATEGORIES]


def categories(text: str) -> list[tuple[str, str]]:
    """The topics and groups of a text, as (kind, name). Whole words in English, substrings in Japanese."""
    english, phrases, japanese, names = _lexicon()
    lowered = text.lower()
    words = set(_WORD.findall(lowered))
    matches = words & english
    matches |= {phrase for word in words & phrases.keys() for phrase in phrases[word] if phrase in lowered}
    if not text.isascii():
        matches |= set(japanese.findall(text))
    hits = Counter(key for word in matches for key in names[word])
    return sorted(key for key, count in hits.items() if count >= (TOPIC_WORDS if key[0] == "topic" else 1))


_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
_Lexicon = tuple[set[str], dict[str, list[str]], re.Pattern[str], dict[str, list[tuple[str, str]]]]


@cache
def _lexicon() -> _Lexicon:
    """English words, English phrases by their first word, Japanese words as a pattern, and what each of them names."""
    names: dict[str, list[tuple[str, str]]] = {}
    phrases: dict[str, list[str]] = {}
    for kind, lists in (("topic", word_lists("topics")), ("group", word_lists("groups"))):
        for section, words in lists.items():
            for word in words:
                names.setdefault(word, []).append((kind, section.rpartition(" ")[0]))
    english = {word for word in names if word.isascii()}
    for phrase in (word for word in english if " " in word):
        phrases.setdefault(phrase.split()[0], []).append(phrase)
    # Longest first: of two words at one place the longer is the one that is written.
    japanese = sorted(names.keys() - english, key=lambda word: (-len(word), word))
    return english, phrases, re.compile("|".join(map(re.escape, japanese))), names
