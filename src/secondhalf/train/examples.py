"""Pairs as token ids and labels; a pair too long for the student is a reject, never cut unseen."""

from typing import Any

import pyarrow as pa

from secondhalf.models.pack import Example
from secondhalf.models.template import IGNORED, Template
from secondhalf.rows import Pair, Verdict, digest, from_table, to_table, with_reasons
from secondhalf.train.settings import TrainSettings


def examples(
    pairs: pa.Table, tokenizer: Any, template: Template, settings: TrainSettings
) -> tuple[list[Example], list[Example], pa.Table, pa.Table]:
    """Examples to train on, held-out ones, the rejects and the verdicts; in the order of the pairs.

    A reply with the finish reason "stop" is trained with its end; one cut at the length limit without.
    """
    train: list[Example] = []
    held: list[Example] = []
    refused: list[Pair] = []
    verdicts: list[Verdict] = []
    for pair in from_table(Pair, pairs):
        example = template.encode_pair(tokenizer, pair.prompt, pair.response, ended=pair.finish == "stop")
        size = len(example[0])
        supervised = any(label != IGNORED for label in example[1][1:])
        fits = size <= settings.max_length and supervised
        reason = (
            "" if fits else f"longer than train.max_length: {size} tokens" if supervised else "nothing to learn from"
        )
        verdicts.append(Verdict(pair.id, "length", fits, float(size), reason))
        if not fits:
            refused.append(pair)
        elif is_held_out(pair.document, settings.held_out):
            held.append(example)
        else:
            train.append(example)
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return train, held, with_reasons(to_table(Pair, refused), failed), to_table(Verdict, verdicts)


def is_held_out(document: str, share: float) -> bool:
    """True when the pairs of the document with this id are never trained on: decided by its hash, the same in every arm."""
    return int(digest("held out", document), 16) % 10_000 < share * 10_000
