"""Does a reply go round in circles: by its words, its characters, its lines, or its sentences with small changes?"""

import re

from secondhalf.rows import Pair, Verdict
from secondhalf.text.language import is_spaceless
from secondhalf.text.units import comparable_units, spaceless_units

_WORDS, _CHARACTERS = 4, 8  # n-grams
_CYCLE = re.compile(r"(\S{1,12}?)\1{7,}")  # up to twelve characters, eight times on end
_FOLD = 8
_SENTENCE = re.compile(r"[^.!?。！？\n]++")
_FEWEST = 4  # lines or sentences, below which a share of them says nothing
_ALIKE = 0.75  # share of the words that a sentence has in common with one of the two before it
_SHORTEST = 4  # units of a sentence that is compared so: short ones are alike by chance


def check_loops(pair: Pair, limit: float) -> Verdict:
    """Score: the largest share, 0 to 1, of n-grams that occurred before (4 words, 8 characters), of characters in cycles, of
    lines that stood there before, and of sentences that differ from one of the two before them by a word or so."""
    text = pair.response
    shares = {
        "phrases": _repeated_grams(comparable_units(text)),
        "characters": _in_cycles(text),
        "lines": _repeated_lines(text),
        "sentences": _near_sentences(text),
    }
    kind = max(shares, key=lambda name: shares[name])
    passed = shares[kind] <= limit
    return Verdict(pair.id, "loops", passed, shares[kind], "" if passed else f"the reply repeats itself: {kind}")


def _repeated_grams(units: tuple[str, ...]) -> float:
    n = _CHARACTERS if spaceless_units(units) else _WORDS
    count = len(units) - n + 1
    if count <= 0:
        return 0.0
    return 1 - len(set(zip(*(units[start:] for start in range(n)), strict=False))) / count


def _in_cycles(text: str) -> float:
    """Rows of dashes and dots draw lines, and are none."""
    tokens = text.split()
    # A token that is mostly one cycle has few different characters: no other need be searched.
    cycles = [
        match
        for token in tokens
        if len(token) >= _FOLD and 2 * len(set(token)) <= len(token)
        for match in _CYCLE.finditer(token)
        if any(map(str.isalnum, match[1]))
    ]
    return sum(len(match[0]) for match in cycles) / sum(map(len, tokens)) if cycles else 0.0


def _repeated_lines(text: str) -> float:
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    return 1 - len(set(lines)) / len(lines) if len(lines) >= _FEWEST else 0.0


def _bigrams(text: str) -> list[str]:
    return [text[index : index + 2] for index in range(len(text) - 1)]


def _near_sentences(text: str) -> float:
    """A sentence is told by the set of its words, numbers left out: "step 3" follows "step 2"; in Japanese and
    Chinese by that of its pairs of characters."""
    sentences = _SENTENCE.findall(text)
    if len(sentences) < _FEWEST:
        return 0.0
    spaceless = is_spaceless(text)
    split = [_bigrams(sentence.strip()) if spaceless else sentence.lower().split() for sentence in sentences]
    sets = [frozenset(unit for unit in units if not unit.isdigit()) for units in split if len(units) >= _SHORTEST]
    if len(sets) < _FEWEST:
        return 0.0
    near = sum(
        any(len(one & before) >= _ALIKE * len(one | before) for before in sets[max(0, index - 2) : index])
        for index, one in enumerate(sets)
    )
    return near / len(sets)
