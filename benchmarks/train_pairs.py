"""Pairs for the training benchmarks: real texts cut in two, of lengths as a corpus has them."""

import json
import random
from pathlib import Path

from harness import documents


def write_pairs(path: Path, count: int, words: tuple[int, int], seed: int) -> None:
    """JSON lines with `prompt` and `response`: texts of words[0] to words[1] words, evenly drawn, cut at half of them."""
    texts = documents(words[1])
    draw = random.Random(seed)
    draw.shuffle(texts)
    made: list[dict[str, str]] = []
    for text in texts:
        size = draw.randint(*words)
        held = text.split()[:size]
        if len(held) == size:
            made.append({"prompt": " ".join(held[: size // 2]), "response": " ".join(held[size // 2 :])})
        if len(made) == count:
            break
    path.write_text("".join(json.dumps(pair) + "\n" for pair in made), "utf-8")
