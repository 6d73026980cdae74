"""Judges Japanese and Chinese text by characters and sentence ends, where Gopher, C4 and FineWeb count words.

The rules and thresholds are those published with the Swallow corpus (Okazaki et al., arXiv 2404.17733; `apply_v1` of its
source), unless a field says otherwise; its own floor of 400 characters is left to the length filter. Their repetition
limits are Gopher's (arXiv 2112.11446, table A1), over character n-grams.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.grams import gram_shares
from secondhalf.clean.rule import above, below
from secondhalf.rows import Document, Verdict
from secondhalf.settings import Settings


class JapaneseSettings(Settings):
    """Shares are 0 to 1, lengths are in characters."""

    min_letters: float = Field(0.5, ge=0, le=1)
    """Least share of kana, kanji and sentence marks among the non-blank characters. Swallow."""

    min_hiragana: float = Field(0.2, ge=0, le=1)
    """Least share of hiragana among those letters: lists and titles have little. Not asked of Chinese. Swallow."""

    max_katakana: float = Field(0.5, ge=0, le=1)
    """Largest share of katakana among those letters: names of goods, keywords. Swallow."""

    min_sentence: float = Field(20, ge=0)
    """Least mean length of a sentence. Swallow."""

    max_sentence: float = Field(90, ge=1)
    """Largest mean length of a sentence. Swallow."""

    max_longest: int = Field(200, ge=1)
    """Longest sentence. Swallow."""

    max_ellipses: float = Field(0.2, ge=0, le=1)
    """Largest share of sentences that break off with … or ・. Swallow."""

    min_line_ends: float = Field(0.12, ge=0, le=1)
    """Least share of lines that end as sentences do. FineWeb's rule (arXiv 2406.17557, section 3.6), with Japanese marks."""

    max_duplicate_lines: float = Field(0.3, ge=0, le=1)
    """Largest share of lines, and of sentences, that occurred before. Swallow, after Gopher."""

    max_duplicate_characters: float = Field(0.2, ge=0, le=1)
    """Largest share of characters in lines, and in sentences, that occurred before. Swallow, after Gopher."""

    max_top_grams: dict[int, float] = {2: 0.20, 3: 0.18, 4: 0.16}
    """Largest share of one n-gram of characters, by n. Swallow, after Gopher."""

    max_duplicate_grams: dict[int, float] = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
    """Largest share of the different n-grams of characters that occur more than once, by n. Swallow, after Gopher."""


_SENTENCE = re.compile(r"[^。．！？!?\n]+[。．！？!?]*[」』）)]*")
_ENDS = tuple("。．！？!?」』）)…")
_HIRAGANA, _KATAKANA, _KANJI, _MARKS = 1, 2, 3, 4


def check_japanese(document: Document, settings: JapaneseSettings) -> list[Verdict]:
    """One verdict a rule, for texts that `language.is_spaceless`. Score: the figure that the rule limits.

    Where a rule has a limit for each n, the score is the figure that comes nearest to its limit. Chinese (by the
    document's language, or where that is unknown a text without kana) is not asked for hiragana.
    """
    text = document.text
    return [
        Verdict(document.id, f"ja_{check}", not reason, score, reason, *span)
        for check, score, reason, span in (
            *_letter_figures(document, settings),
            *_sentence_figures(text, settings),
            *_repetition_figures(text, settings),
        )
    ]


_Figure = tuple[str, float, str, tuple[int, int]]
"""A rule's name, its figure, why that is refused ("": it is not), and the span."""
_WHOLE_TEXT = (-1, -1)
_FIELD = "clean.japanese."


def _letter_figures(document: Document, settings: JapaneseSettings) -> Iterator[_Figure]:
    codes = np.frombuffer(document.text.encode("utf-32-le", "surrogatepass"), np.uint32)
    counts = np.bincount(_kinds()[np.minimum(codes, 0x323AF)], minlength=6)
    solid, letters = int(counts[:5].sum()), int(counts[1:5].sum())
    share = letters / max(solid, 1)
    yield "letters", share, _low("too little Japanese or Chinese", share, settings, "min_letters"), _WHOLE_TEXT
    hiragana, katakana = (int(counts[kind]) / max(letters, 1) for kind in (_HIRAGANA, _KATAKANA))
    if document.language == "zh" or (not document.language and hiragana + katakana < 0.01):
        return
    yield "hiragana", hiragana, _low("too little hiragana", hiragana, settings, "min_hiragana"), _WHOLE_TEXT
    yield "katakana", katakana, _high("too much katakana", katakana, settings, "max_katakana"), _WHOLE_TEXT


def _sentence_figures(text: str, settings: JapaneseSettings) -> Iterator[_Figure]:
    spans = [match.span() for match in _SENTENCE.finditer(text)]
    lengths = [end - start for start, end in spans] or [0]
    mean, longest = sum(lengths) / len(lengths), max(lengths)
    reason = _low("sentences too short", mean, settings, "min_sentence")
    yield "sentence", mean, reason or _high("sentences too long", mean, settings, "max_sentence"), _WHOLE_TEXT
    span = spans[lengths.index(longest)] if longest > settings.max_longest else _WHOLE_TEXT
    yield "longest", float(longest), _high("a sentence without end", longest, settings, "max_longest"), span
    broken = sum(text[start:end].rstrip().endswith(("…", "・")) for start, end in spans) / len(lengths)
    yield "ellipses", broken, _high("sentences break off", broken, settings, "max_ellipses"), _WHOLE_TEXT
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    ended = sum(line.endswith(_ENDS) for line in lines) / max(len(lines), 1)
    yield "line_ends", ended, _low("lines do not end as sentences", ended, settings, "min_line_ends"), _WHOLE_TEXT


def _repetition_figures(text: str, settings: JapaneseSettings) -> Iterator[_Figure]:
    for check, items in (
        ("lines", [line.strip() for line in text.split("\n") if line.strip()]),
        ("sentences", [sentence.strip() for sentence in _SENTENCE.findall(text)]),
    ):
        share, characters = _repeated_shares(items)
        reason = _high(f"repeated {check}", share, settings, "max_duplicate_lines")
        reason = reason or _high(f"repeated {check}", characters, settings, "max_duplicate_characters")
        yield f"duplicate_{check}", share, reason, _WHOLE_TEXT
    tops, repeats = gram_shares(text, settings.max_top_grams, settings.max_duplicate_grams)
    for check, figures, limits, kind, field in (
        ("top_gram", tops, settings.max_top_grams, "one phrase too often", "max_top_grams"),
        ("duplicate_grams", repeats, settings.max_duplicate_grams, "repeated phrases", "max_duplicate_grams"),
    ):
        worst = max(limits, key=lambda n: figures[n] - limits[n], default=0)
        figure = figures.get(worst, 0.0)
        refused = worst and figure > limits[worst]
        yield (
            check,
            figure,
            above(kind, figure, limits[worst], f"{_FIELD}{field}.{worst}") if refused else "",
            _WHOLE_TEXT,
        )


def _low(reason: str, figure: float, settings: JapaneseSettings, field: str) -> str:
    least = getattr(settings, field)
    return below(reason, figure, least, _FIELD + field) if figure < least else ""


def _high(reason: str, figure: float, settings: JapaneseSettings, field: str) -> str:
    most = getattr(settings, field)
    return above(reason, figure, most, _FIELD + field) if figure > most else ""


def _repeated_shares(items: list[str]) -> tuple[float, float]:
    """The share of items, and of their characters, that repeat an earlier one."""
    if len(set(items)) == len(items):
        return 0.0, 0.0
    extra = [(len(item), count - 1) for item, count in Counter(items).items() if count > 1]
    characters = sum(size * count for size, count in extra) / max(sum(map(len, items)), 1)
    return sum(count for _, count in extra) / len(items), characters


@cache
def _kinds() -> NDArray[np.uint8]:
    """By code point: 1 to 4 as named above, 5 for blanks, 0 for all else."""
    kinds = np.zeros(0x323B0, np.uint8)
    for kind, ranges in (
        (_HIRAGANA, ((0x3041, 0x309F),)),
        (_KATAKANA, ((0x30A1, 0x30FF), (0x31F0, 0x31FF), (0xFF66, 0xFF9F))),
        (_KANJI, ((0x3005, 0x3007), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))),
    ):
        for first, last in ranges:
            kinds[first : last + 1] = kind
    for marks, kind in (("、。，．！？", _MARKS), (" \t\n\r\x0b\x0c\u00a0\u3000", 5)):
        kinds[[ord(mark) for mark in marks]] = kind
    return kinds
