"""Gopher's repetition rules (Rae et al., arXiv 2112.11446, table A1), counted as datatrove counts them."""

import re

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.rule import rule
from secondhalf.clean.text import Text
from secondhalf.rows import Verdict
from secondhalf.settings import Settings


class GopherRepetitionSettings(Settings):
    """Shares, 0 to 1. Every default is the paper's. Empty: that rule is off."""

    enabled: bool = True
    """Japanese and Chinese texts are not judged by it: they have a profile of their own."""

    max_paragraphs: float | None = Field(0.3, ge=0, le=1)
    """Largest share of paragraphs that occurred before. Gopher: 0.30."""

    max_paragraph_characters: float | None = Field(0.2, ge=0, le=1)
    """Largest share of characters in such paragraphs. Gopher: 0.20."""

    max_lines: float | None = Field(0.3, ge=0, le=1)
    """Largest share of lines that occurred before. Gopher: 0.30."""

    max_line_characters: float | None = Field(0.2, ge=0, le=1)
    """Largest share of characters in such lines. Gopher: 0.20."""

    max_top_ngram: dict[int, float] = {2: 0.20, 3: 0.18, 4: 0.16}
    """Largest share of characters in the most frequent n-gram, by n. Gopher: 2: 0.20, 3: 0.18, 4: 0.16."""

    max_repeated_ngrams: dict[int, float] = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
    """Largest share of characters in n-grams that occurred before, by n. Gopher: 0.15 at 5 down to 0.10 at 10."""


_PARAGRAPHS = re.compile(r"\n{2,}")
_LINES = re.compile(r"\n+")
_BASE = np.uint64(0x9E3779B97F4A7C15 | 1)


def gopher_repetition(text: Text, settings: GopherRepetitionSettings) -> list[Verdict]:
    """A verdict a rule, in the paper's order."""
    raw = text.text
    size = max(len(raw), 1)
    verdicts: list[Verdict] = []

    def judge(name: str, figure: float, most: float | None, reason: str) -> None:
        verdicts.append(rule(text.id, f"gopher_repetition.{name}", figure, reason, most=most))

    paragraphs = _PARAGRAPHS.split(raw.strip())
    count, characters = repeated(paragraphs)
    judge("paragraphs", count / len(paragraphs), settings.max_paragraphs, "repeated paragraphs")
    judge("paragraph characters", characters / size, settings.max_paragraph_characters, "repeated paragraphs")
    lines = _LINES.split(raw)
    count, characters = repeated(lines)
    judge("lines", count / len(lines), settings.max_lines, "repeated lines")
    judge("line characters", characters / size, settings.max_line_characters, "repeated lines")
    tokens, lengths = text.of("hash"), text.lengths
    ends = np.concatenate([[0], np.cumsum(lengths)])
    grams, n = tokens, 1
    top, again = settings.max_top_ngram, settings.max_repeated_ngrams
    alike: NDArray[np.intp] | None = None
    for size_of in sorted({*top, *again}):
        while n < size_of:
            # A polynomial hash modulo 2^64: two different n-grams of one text share it once in 10^13 texts.
            grams, n = grams[:-1] * _BASE + tokens[n:], n + 1
        if size_of in top:
            judge(
                f"{size_of}-gram, the most frequent",
                _top(grams, ends, size_of) / size,
                top[size_of],
                "repeated n-grams",
            )
        if size_of in again:
            # An n-gram can only repeat where its first n - 1 words do: the places to look at shrink as n grows.
            alike = _alike(grams, alike)
            judge(
                f"{size_of}-grams",
                _repeated_characters(grams, alike, ends, size_of) / size,
                again[size_of],
                "repeated n-grams",
            )
    return verdicts


def repeated(parts: list[str]) -> tuple[int, int]:
    """How many parts occurred before, and their characters."""
    if len(set(parts)) == len(parts):
        return 0, 0
    seen: set[str] = set()
    count = characters = 0
    for part in parts:
        if part in seen:
            count += 1
            characters += len(part)
        seen.add(part)
    return count, characters


def _top(grams: NDArray[np.uint64], ends: NDArray[np.int64], n: int) -> int:
    """Characters, blanks between words included, in all places of the most frequent n-gram; of several the first."""
    if not len(grams):
        return 0
    ordered = np.sort(grams)
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(np.append(starts, len(ordered)))
    most = int(counts.max())
    if most == 1:
        first = 0
    else:
        top = ordered[starts[counts == most]]
        first = int(np.argmax(grams == top[0]) if len(top) == 1 else np.argmax(np.isin(grams, top)))
    return (int(ends[first + n] - ends[first]) + n - 1) * most


def _alike(grams: NDArray[np.uint64], among: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """The places whose n-gram stands at another place too, in order."""
    among = np.arange(len(grams)) if among is None else among[among < len(grams)]
    if len(among) < 2:
        return among[:0]
    order = np.argsort(grams[among], kind="stable")
    ordered = grams[among][order]
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return among[:0]
    found = among[order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]]
    return np.sort(found)


def _repeated_characters(grams: NDArray[np.uint64], alike: NDArray[np.intp], ends: NDArray[np.int64], n: int) -> int:
    """Characters of n-grams that occurred before, read from left to right and stepping over each one found."""
    seen: set[int] = set()
    total = free = 0
    for place, gram in zip(alike.tolist(), grams[alike].tolist(), strict=True):
        if place < free:
            continue
        if gram in seen:
            total += int(ends[place + n] - ends[place])
            free = place + n
        else:
            seen.add(gram)
    return total
