"""Pairs as token ids and labels; a pair too long for the student is a reject, never cut unseen."""

from collections import Counter
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.pack import Example
from secondhalf.models.template import IGNORED, Template
from secondhalf.rows import Pair, Verdict, digest, from_table, to_table, with_reasons
from secondhalf.train.settings import TrainSettings


def examples(
    pairs: pa.Table, tokenizer: Any, template: Template, settings: TrainSettings, context: int | None = None
) -> tuple[list[Example], list[Example], pa.Table, pa.Table]:
    """Examples to train on, held-out ones, the rejects and the verdicts; in the order of the pairs.

    A reply with the finish reason "stop" is trained with its end; one cut at the length limit without. `context` is how
    many tokens the student can take in; None: it has no limit.
    """
    train: list[Example] = []
    held: list[Example] = []
    refused: list[Pair] = []
    verdicts: list[Verdict] = []
    for pair in from_table(Pair, pairs):
        example = template.encode_pair(tokenizer, pair.prompt, pair.response, ended=pair.finish == "stop")
        size = len(example[0])
        supervised = any(label != IGNORED for label in example[1][1:])
        reason = _why_not(size, settings.max_length, context) if supervised else "nothing to learn from"
        verdicts.append(Verdict(pair.id, "length", not reason, float(size), reason))
        if reason:
            refused.append(pair)
        elif is_held_out(pair.document, settings.held_out):
            held.append(example)
        else:
            train.append(example)
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return train, held, with_reasons(to_table(Pair, refused), failed), to_table(Verdict, verdicts)


def _why_not(size: int, max_length: int, context: int | None) -> str:
    if context is not None and size > context:
        return f"longer than the student's context of {context}: {size} tokens"
    return f"longer than train.max_length: {size} tokens" if size > max_length else ""


def check_any(label: str, pairs: int, train: list[Any], rejects: pa.Table) -> None:
    """Raises UserError when nothing is left to train on: it says why, and where to look."""
    if train:
        return
    if not pairs:
        raise UserError(
            f"{label}: there is no pair to train on: every one was refused before; `secondhalf show RUN audit` tells why."
        )
    if rejects.num_rows < pairs:
        raise UserError(f"{label}: all of the few pairs are held out: lower train.held_out, or use more documents.")
    reasons = Counter(reason.partition(":")[0] for reason in rejects.column("reason").to_pylist())
    told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    raise UserError(
        f"{label}: none of {pairs} pairs can be trained on ({told}): raise train.max_length, cut shorter halves "
        "(split.max_prompt_words, teach.sampling.max_tokens), or choose another student."
    )


def is_held_out(document: str, share: float) -> bool:
    """The document decides, so that its pairs are held out in every data set, arm and stage of training."""
    return int(digest("held out", document), 16) % 10_000 < share * 10_000
