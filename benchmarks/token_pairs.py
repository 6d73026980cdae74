"""Pairs for the benchmark of tokenising: real sentences with words that are new, and the texts as they are."""

import random
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from harness import documents
from secondhalf.rows import Pair, schema

SHARD = 8192
_PARTS = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


def shards(count: int, share: float | None) -> Iterator[pa.Table]:
    """So many pairs, made as they are asked for. `share`: of new words; None gives the texts as they are, as far as they go."""
    texts = as_they_are() if share is None else _recombined(share)
    for start in range(0, count, SHARD):
        pairs = list(islice(texts, min(SHARD, count - start)))
        if pairs:
            yield _table(start, pairs)


def _recombined(share: float) -> Iterator[tuple[str, str]]:
    """Endless pairs: five sentences before the cut and five after it, some of their words replaced."""
    sentences = [s for text in documents(400) for s in re.split(r"(?<=[.!?])\s+", text) if 20 < len(s) < 200]
    generator, number = random.Random(1), 0
    while True:
        halves = []
        for _ in range(2):
            words = " ".join(generator.choices(sentences, k=5)).split(" ")
            for _ in range(int(share * len(words) + generator.random())):
                index = generator.randrange(len(words))
                words[index] = _new_word(words[index], number)
                number += 1
            halves.append(" ".join(words))
        yield halves[0], halves[1]


def _new_word(word: str, number: int) -> str:
    """The word with syllables in it that make it the only one."""
    parts = []
    while number or not parts:
        number, rest = divmod(number, len(_PARTS))
        parts.append(_PARTS[rest])
    return f"{word[:3]}{''.join(parts)}{word[3:]}"


def as_they_are() -> Iterator[tuple[str, str]]:
    """The texts cut into pieces of about 60 words, and those in two."""
    for text in documents(60):
        words = text.split(" ")
        if len(words) > 20:
            half = len(words) // 2
            yield " ".join(words[:half]), " ".join(words[half:])


def _table(start: int, pairs: list[tuple[str, str]]) -> pa.Table:
    rows = len(pairs)
    ids = [f"{number:08d}" for number in range(start, start + rows)]
    columns: dict[str, list[Any]] = {name: [""] * rows for name in ("rule", "language", "original", "teacher")}
    columns |= {"id": ids, "document": ids, "finish": ["stop"] * rows}
    columns |= {"prompt": [prompt for prompt, _ in pairs], "response": [response for _, response in pairs]}
    columns |= {"prompt_tokens": [0] * rows, "response_tokens": [0] * rows}
    return pa.table({name: columns[name] for name in schema(Pair).names}, schema=schema(Pair))


def unseen(count: int, share: float | None) -> tuple[int, float]:
    """How many pairs there are of so many, and the share of their words that no pair before them had, after the first tenth."""
    known: set[str] = set()
    words = new = done = 0
    for shard in shards(count, share):
        for row in shard.select(["prompt", "response"]).to_pylist():
            in_row = f"{row['prompt']} {row['response']}".split()
            if done >= count // 10:
                words += len(in_row)
                new += sum(word not in known for word in in_row)
            known.update(in_row)
            done += 1
    return done, new / max(words, 1)
