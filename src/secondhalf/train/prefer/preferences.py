"""Pairs as preferences: the prompt, the response, and what is rejected for it, all as token ids.

Of a teacher's pairs the rejected side is the control's (teach/original.py): the same pair's own half, trimmed to the reply's
number of words and ended as the reply is, so that neither length nor ending tells the two apart where the half is long enough.
Of people's it is the text that they turned down, whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyarrow as pa

from secondhalf.models.chat.template import Template
from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair, Verdict, from_table, to_table, with_reasons
from secondhalf.teach.original import mirror_originals
from secondhalf.train.tokens import is_held_out

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True, slots=True)
class Preference:
    """One pair in the student's token ids: `chosen` and `rejected` both follow `prompt`."""

    prompt: list[int]
    chosen: list[int]
    rejected: list[int]


def encode_preferences(
    pairs: pa.Table,
    tokenizer: PreTrainedTokenizerBase,
    template: Template,
    *,
    max_length: int,
    held_out: float,
    people: bool = False,
) -> tuple[list[Preference], list[Preference], pa.Table, pa.Table]:
    """Preferences to train on, held-out ones, the rejects and the verdicts; in the order of the pairs.

    `max_length` is in tokens, of the prompt with either side; `held_out` is a share of the documents, and those that
    fine-tuning held out are held out here too. `people`: the original is what people turned down.
    """
    rows = from_table(Pair, pairs)
    controls = (
        [replace(pair, response=pair.original) for pair in rows]
        if people
        else from_table(Pair, mirror_originals(pairs)[0])
    )
    train: list[Preference] = []
    held_out_rows: list[Preference] = []
    refused: list[Pair] = []
    verdicts: list[Verdict] = []
    for pair, control in zip(rows, controls, strict=True):
        prompt = template.encode_prompt(tokenizer, pair.prompt)
        chosen, rejected = (
            template.encode_response(tokenizer, side.response, ended=has_ended(side.finish)) for side in (pair, control)
        )
        length = len(prompt) + max(len(chosen), len(rejected))
        reason = _reject_reason(pair, control, chosen == rejected, length, max_length)
        verdicts.append(Verdict(pair.id, "preference", not reason, float(length), reason))
        if reason:
            refused.append(pair)
        else:
            rows_of_split = held_out_rows if is_held_out(pair.document, held_out) else train
            rows_of_split.append(Preference(prompt, chosen, rejected))
    failed = [verdict for verdict in verdicts if not verdict.passed]
    return train, held_out_rows, with_reasons(to_table(Pair, refused), failed), to_table(Verdict, verdicts)


def _reject_reason(pair: Pair, control: Pair, same: bool, length: int, max_length: int) -> str:
    """Why a pair is no preference; "" for one that is."""
    if not pair.response.strip():
        return "there is no response to prefer"
    if not control.response.strip():
        return "there is no second half to prefer the response to"
    if same:
        return "the response is the text's own second half"
    if length > max_length:
        return f"longer than {max_length} (train.max_length, or the student's context): {length} tokens"
    return ""
