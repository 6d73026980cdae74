"""Gopher's repetition rules (Rae et al., arXiv 2112.11446, table A1), counted as datatrove counts them."""

import re

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.clean.rule import rule_verdict
from secondhalf.clean.tokenized_text import TokenizedText
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


def check_gopher_repetition(text: TokenizedText, settings: GopherRepetitionSettings) -> list[Verdict]:
    """A verdict a rule, in the order of the paper (table A1). Score: the share that the rule limits, 0 to 1."""
    raw = text.text
    length = max(len(raw), 1)
    verdicts: list[Verdict] = []

    def add_verdict(name: str, share: float, most: float | None, reason: str, field: str) -> None:
        verdicts.append(rule_verdict(text.id, f"gopher_repetition.{name}", share, reason, field, most=most))

    paragraphs = _PARAGRAPHS.split(raw.strip())
    count, characters = count_repeated(paragraphs)
    add_verdict("paragraphs", count / len(paragraphs), settings.max_paragraphs, "repeated paragraphs", "max_paragraphs")
    add_verdict(
        "paragraph characters",
        characters / length,
        settings.max_paragraph_characters,
        "repeated paragraphs",
        "max_paragraph_characters",
    )
    lines = _LINES.split(raw)
    count, characters = count_repeated(lines)
    add_verdict("lines", count / len(lines), settings.max_lines, "repeated lines", "max_lines")
    add_verdict(
        "line characters", characters / length, settings.max_line_characters, "repeated lines", "max_line_characters"
    )
    tokens, lengths = text.hashes, text.lengths
    ends = np.concatenate([[0], np.cumsum(lengths)])
    grams, n = tokens, 1
    max_top, max_repeated = settings.max_top_ngram, settings.max_repeated_ngrams
    repeats: NDArray[np.intp] | None = None
    for size in sorted({*max_top, *max_repeated}):
        while n < size:
            # A polynomial hash modulo 2^64: two different n-grams of one text share it once in 10^13 texts.
            grams, n = grams[:-1] * _BASE + tokens[n:], n + 1
        if size in max_top:
            top_share = _top_characters(grams, ends, size) / length
            add_verdict(
                f"{size}-gram, the most frequent", top_share, max_top[size], "repeated n-grams", f"max_top_ngram.{size}"
            )
        if size in max_repeated:
            # An n-gram can only repeat where its first n - 1 words do: the indices to look at shrink as n grows.
            repeats = _repeat_indices(grams, repeats)
            repeated_share = _repeated_characters(grams, repeats, ends, size) / length
            add_verdict(
                f"{size}-grams", repeated_share, max_repeated[size], "repeated n-grams", f"max_repeated_ngrams.{size}"
            )
    return verdicts


def count_repeated(parts: list[str]) -> tuple[int, int]:
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


def _top_characters(grams: NDArray[np.uint64], ends: NDArray[np.int64], n: int) -> int:
    """Characters of all occurrences of the most frequent n-gram, blanks between words included; of several the first."""
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


def _repeat_indices(grams: NDArray[np.uint64], among: NDArray[np.intp] | None) -> NDArray[np.intp]:
    """The indices, rising, whose n-gram stands at another index too; `among`: the only ones that can."""
    among = np.arange(len(grams)) if among is None else among[among < len(grams)]
    if len(among) < 2:
        return among[:0]
    order = np.argsort(grams[among], kind="stable")
    ordered = grams[among][order]
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        return among[:0]
    repeats = among[order[np.concatenate([same, [False]]) | np.concatenate([[False], same])]]
    return np.sort(repeats)


def _repeated_characters(grams: NDArray[np.uint64], repeats: NDArray[np.intp], ends: NDArray[np.int64], n: int) -> int:
    """Characters of n-grams that occurred before, read from left to right and stepping over each one counted."""
    seen: set[int] = set()
    total = next_free = 0
    for index, gram in zip(repeats.tolist(), grams[repeats].tolist(), strict=True):
        if index < next_free:
            continue
        if gram in seen:
            total += int(ends[index + n] - ends[index])
            next_free = index + n
        else:
            seen.add(gram)
    return total
