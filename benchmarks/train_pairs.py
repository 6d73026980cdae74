"""Pairs for the training benchmarks: real texts cut in two, of lengths as a corpus has them."""

import json
import random
from pathlib import Path

from harness import documents


def write_pairs(path: Path, count: int, word_range: tuple[int, int], seed: int) -> None:
    """JSON lines with `prompt` and `response`: texts of so many words, evenly drawn from `word_range`, cut at half of them."""
    texts = documents(word_range[1])
    generator = random.Random(seed)
    generator.shuffle(texts)
    pairs: list[dict[str, str]] = []
    for text in texts:
        size = generator.randint(*word_range)
        held = text.split()[:size]
        if len(held) == size:
            pairs.append({"prompt": " ".join(held[: size // 2]), "response": " ".join(held[size // 2 :])})
        if len(pairs) == count:
            break
    path.write_text("".join(json.dumps(pair) + "\n" for pair in pairs), "utf-8")
