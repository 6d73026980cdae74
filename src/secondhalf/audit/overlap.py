"""Which evaluated texts stand in a pair, and where: long ones by their n-grams, short ones as a whole, so that none is too short.

Word 8-grams (characters: 16), by the rule of Tülu 3 (arXiv 2411.15124, section 3.2): counted are the units of a text that lie in
n-grams it shares with one pair. A text of fewer units is met where it stands whole; one of fewer than five (characters: ten), and
a good answer that is short, only where it stands as a sentence, line or quotation of its own: "Name a planet" in the middle of a
sentence is nobody's benchmark. Case, width, punctuation, hyphens and line ends make no difference (text/units.py).

Against 6,275 texts (everyday, minimal pairs, safety, IFEval in both languages) none of 3,454 pairs of passages of the Brown
corpus is refused (`python tools/audit_alarms.py`).
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from secondhalf.rows import digest
from secondhalf.text.units import comparable_units, is_spaceless_unit, spaceless_units, unit_span

Units = tuple[str, ...]
_WORDS, _CHARACTERS = 8, 16
_RUN, _RUN_CHARACTERS = 5, 10  # units from which a short prompt counts in the middle of a sentence
_ANSWER, _ANSWER_CHARACTERS = 4, 8  # units of the shortest answer that says something
_BEFORE = re.compile(r"(?:\A|[.!?:;。．！？：；\n\"\u201c「『(（\]|>*•・-])[^\S\n]*+\Z")
_AFTER = re.compile(r"[^\S\n]*+[,，、]?(?:\Z|[.!?:;。．！？：；…\n\"\u201d」』)）|*])")
_CONTEXT = 8  # characters around a short text that are looked at


@dataclass(frozen=True, slots=True)
class EvaluatedText:
    """What no pair may hold: a part ("prompt", "turn 2", "answer") of an item of a benchmark."""

    benchmark: str
    item: str
    part: str
    text: str

    @property
    def is_answer(self) -> bool:
        """Whether it is a good answer, and no prompt."""
        return self.part.startswith("answer")

    def __str__(self) -> str:
        return f"{self.benchmark} {self.item} ({self.part})".strip()


class Overlap(NamedTuple):
    """One evaluated text in a pair: the share of its units that the pair covers, 0 to 1, and the pair's units (prompt and
    response as one sequence) from the first to the last of the first stretch that it covers, both included."""

    text: EvaluatedText
    share: float
    first: int
    last: int


class _Entry(NamedTuple):
    text: EvaluatedText
    units: Units
    n: int
    """0: it is looked for as a whole."""
    alone: bool
    """Only as a sentence of its own."""


class OverlapIndex:
    """Texts that must not be in the training pairs, with what finds them."""

    def __init__(self, texts: Iterable[EvaluatedText]) -> None:
        ordered = sorted({(text.benchmark, text.item, text.part, text.text) for text in texts})
        self.identity = digest(*(part for text in ordered for part in text))
        """What a stage's key has of them: changed where any text is."""
        self.texts = [EvaluatedText(*text) for text in ordered]
        """All of them, in the order of benchmark, item and part."""
        self.counts = dict(Counter(benchmark for benchmark, *_ in ordered))
        """Texts by benchmark."""
        self._entries = [entry for text in self.texts for entry in _entries(text)]
        self._by_gram: dict[Units, list[int]] = {}
        self._beginnings: dict[Units, list[int]] = {}
        for number, entry in enumerate(self._entries):
            for gram in set(_grams(entry.units, entry.n)) if entry.n else ():
                self._by_gram.setdefault(gram, []).append(number)
            if not entry.n:
                self._beginnings.setdefault(entry.units[:2], []).append(number)

    @classmethod
    def of(cls, texts: Mapping[str, str]) -> "OverlapIndex":
        """An index of prompts alone, by their ids."""
        return cls(EvaluatedText("", id, "prompt", text) for id, text in texts.items())

    def __getstate__(self) -> dict[str, object]:
        """What a process is sent: the sets are made where they are used."""
        return {name: value for name, value in self.__dict__.items() if name not in ("_known", "_first_two", "_single")}

    @cached_property
    def _known(self) -> dict[int, frozenset[Units]]:
        return {n: frozenset(gram for gram in self._by_gram if len(gram) == n) for n in (_WORDS, _CHARACTERS)}

    @cached_property
    def _first_two(self) -> frozenset[Units]:
        return frozenset(units for units in self._beginnings if len(units) == 2)

    @cached_property
    def _single(self) -> frozenset[str]:
        return frozenset(units[0] for units in self._beginnings if len(units) == 1)

    def find(self, prompt: str, response: str = "") -> list[Overlap]:
        """Every text of which something stands in the pair, or across its seam; those that are covered most first."""
        sides = comparable_units(prompt), comparable_units(response)
        units = sides[0] + sides[1]
        # Runs of single characters are looked for where there are any.
        spaceless = not (prompt.isascii() and response.isascii()) and any(map(is_spaceless_unit, units))
        touched = {
            number
            for n, known in self._known.items()
            if known and (n == _WORDS or spaceless)
            for gram in known.intersection(zip(*(units[start:] for start in range(n)), strict=False))
            for number in self._by_gram[gram]
        }
        overlaps = [_covered(self._entries[number], units) for number in sorted(touched)]
        if self._beginnings:
            overlaps += self._whole(units, len(sides[0]), prompt, response)
        best: dict[EvaluatedText, Overlap] = {}
        for overlap in overlaps:
            if overlap.text not in best or overlap.share > best[overlap.text].share:
                best[overlap.text] = overlap
        return sorted(best.values(), key=lambda overlap: -overlap.share)

    def _whole(self, units: Units, seam: int, prompt: str, response: str) -> Iterator[Overlap]:
        beginnings = self._first_two.intersection(pairwise(units))
        singles = self._single.intersection(units)
        if not beginnings and not singles:
            return
        for index, unit in enumerate(units):
            numbers = self._beginnings[units[index : index + 2]] if units[index : index + 2] in beginnings else []
            for number in [*numbers, *(self._beginnings[(unit,)] if unit in singles else [])]:
                entry, last = self._entries[number], index + len(self._entries[number].units) - 1
                if units[index : last + 1] != entry.units:
                    continue
                if not entry.alone or _is_alone(units, index, last, seam, prompt, response):
                    yield Overlap(entry.text, 1.0, index, last)


def _entries(text: EvaluatedText) -> Iterator[_Entry]:
    """The ways a text is looked for: as it is, and with its hyphens left out (co-operate, cooperate)."""
    plain = comparable_units(text.text)
    joined = comparable_units(re.sub(r"(?<=\w)[-\u2010\u2011](?=\w)", "", text.text)) if "-" in text.text else plain
    for units in {plain, joined}:
        spaceless = spaceless_units(units)
        n = _CHARACTERS if spaceless else _WORDS
        shortest_answer = _ANSWER_CHARACTERS if spaceless else _ANSWER
        if not units or (text.is_answer and len(units) < shortest_answer):
            continue
        if len(units) >= n:
            yield _Entry(text, units, n, alone=False)
        else:
            run = _RUN_CHARACTERS if spaceless else _RUN
            yield _Entry(text, units, 0, alone=text.is_answer or len(units) < run)


def _grams(units: Units, n: int) -> Iterator[Units]:
    return zip(*(units[start:] for start in range(n)), strict=False)


def _covered(entry: _Entry, units: Units) -> Overlap:
    own = set(_grams(entry.units, entry.n))
    positions = [index for index, gram in enumerate(_grams(units, entry.n)) if gram in own]
    shared = {units[index : index + entry.n] for index in positions}
    last = positions[0]  # of the first stretch: the same may stand in the pair again
    for position in positions:
        last = position if position <= last + entry.n else last
    covered = [False] * len(entry.units)
    for start, gram in enumerate(_grams(entry.units, entry.n)):
        if gram in shared:
            covered[start : start + entry.n] = [True] * entry.n
    return Overlap(entry.text, sum(covered) / len(covered), positions[0], last + entry.n - 1)


def _is_alone(units: Units, first: int, last: int, seam: int, prompt: str, response: str) -> bool:
    """Whether the run stands between the ends of sentences, lines or quotations, on one side of the seam."""
    if first < seam <= last:
        return False
    text, offset = (prompt, 0) if last < seam else (response, seam)
    start, end = unit_span(text, first - offset, last - offset)
    if start < 0:
        return True
    return bool(_BEFORE.search(text[max(0, start - _CONTEXT) : start] if start > _CONTEXT else text[:start])) and bool(
        _AFTER.match(text[end : end + _CONTEXT])
    )
