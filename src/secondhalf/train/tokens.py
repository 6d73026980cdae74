"""Pairs as token ids, shard by shard: what `Template.encode_pair` gives for each of them, for many of them at once.

A batch function: an Arrow table of pairs in; rows, rejects and verdicts out. A pair too long for the student is a reject,
never cut unseen. The loss mask is made from `prompt` when a row is read (train/dataset.py, models/chat/loss_mask.py). Above
some thousands of pairs every distinct word is tokenised once (models/chat/batch_tokenizer.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from secondhalf.models.chat.batch_tokenizer import BatchTokenizer
from secondhalf.models.chat.plain_text import encode, encode_opening, split_blank
from secondhalf.models.chat.template import Template
from secondhalf.models.finish import has_ended
from secondhalf.rows import Pair, Verdict, digester, documents_of, schema, with_reasons
from secondhalf.store.mapper import ShardTables
from secondhalf.store.workers import cores
from secondhalf.train.settings import TrainSettings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

TOKENS = pa.schema(
    [
        ("id", pa.string()),
        ("tokens", pa.list_(pa.int32())),
        ("prompt", pa.int32()),  # so many of them stand before the response, and are not supervised
        ("held", pa.bool_()),
        ("phase", pa.int64()),
        (
            "plain",
            pa.bool_(),
        ),  # no pair, but the document of one (train.keep.text): no token but the first is its prompt
    ]
)
MANY = 10_000  # pairs from which learning a vocabulary of words pays: it takes some seconds
Ids = NDArray[np.int32]
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))  # what str.strip takes away
_HELD_OUT, _KEPT = digester("held out"), digester("kept as text")


@dataclass(frozen=True)
class Encoder:
    """How a student's pairs become token ids, and which of them are held out."""

    tokenizer: PreTrainedTokenizerBase
    settings: TrainSettings
    batch_tokenizer: BatchTokenizer | None
    """None for few pairs."""
    context: int | None = None
    """The student's context in tokens; None: no limit."""

    @property
    def threads(self) -> int:
        """How many threads may share it: whether special tokens are split is a state of the tokenizer, which every call sets,
        and a text must never be read by another call's rule. Words keeps a tokenizer of its own, under a lock."""
        return cores() if self.batch_tokenizer is not None else 1

    @cached_property
    def _frame(self) -> tuple[Ids, Ids, Ids]:
        """Token ids before the prompt, between prompt and response, and of the end."""
        template: Template = self.settings.template
        frame = (*template.around_prompt(self.tokenizer), template.end_ids(self.tokenizer))
        first, second, end = (np.array(ids, np.int32) for ids in frame)
        return first, second, end

    @classmethod
    def of(
        cls, tokenizer: PreTrainedTokenizerBase, settings: TrainSettings, pairs: int, context: int | None = None
    ) -> Encoder:
        """For so many pairs."""
        encoder = cls(tokenizer, settings, BatchTokenizer(tokenizer) if pairs >= MANY else None, context)
        _ = encoder._frame  # before any thread shares the tokenizer
        return encoder

    def __call__(self, pairs: pa.Table) -> ShardTables:
        """The pairs as TOKENS, the rejects (with their reasons) and a verdict on each."""
        ids, prompts = self._ids(pairs)
        sizes = np.diff(ids.offsets.to_numpy())
        # The first token of all is nobody's prediction.
        supervised = sizes > np.maximum(prompts, 1)
        limit = min(self.settings.max_length, self.context or self.settings.max_length)
        reasons_by_row = {
            int(row): self._reject_reason(int(sizes[row]), bool(supervised[row]))
            for row in np.flatnonzero(~supervised | (sizes > limit))
        }
        reasons = [reasons_by_row.get(row, "") for row in range(len(sizes))]
        passed = pa.array(supervised & (sizes <= limit))
        held_out = [is_held_out(document, self.settings.held_out) for document in pairs.column("document").to_pylist()]
        phase = pairs.column("phase") if "phase" in pairs.column_names else pa.array([0] * len(pairs), pa.int64())
        plain = pa.array(np.zeros(len(pairs), bool))
        columns = [pairs.column("id"), ids, pa.array(prompts), pa.array(held_out, pa.bool_()), phase, plain]
        rows = pa.table(dict(zip(TOKENS.names, columns, strict=True)), schema=TOKENS).filter(passed)
        if self.settings.keep.text:
            trained = pairs.filter(pa.array(passed.to_numpy(zero_copy_only=False) & ~np.array(held_out, bool)))
            rows = pa.concat_tables([rows, self._texts(trained, limit)])
        verdicts = _verdicts(pairs.column("id"), passed, sizes, reasons)
        refused = pairs.select(schema(Pair).names).filter(pc.invert(passed))
        failed = [Verdict(id, "length", False, 0.0, reason) for id, reason in zip(
            pairs.column("id").to_pylist(), reasons, strict=True) if reason]  # fmt: skip
        return rows, with_reasons(refused, failed), verdicts

    def _texts(self, pairs: pa.Table, limit: int) -> pa.Table:
        """The documents of some of the pairs as plain text, no more than `limit` tokens of each."""
        phases = pairs.column("phase").to_pylist() if "phase" in pairs.column_names else [0] * len(pairs)
        share = self.settings.keep.text * 10_000
        columns = pairs.column("id").to_pylist(), pairs.column("original").to_pylist(), documents_of(pairs), phases
        rows = [
            {
                "id": id,
                "tokens": encode_opening(self.tokenizer, document)[:limit],
                "prompt": 1,
                "held": False,
                "phase": phase,
                "plain": True,
            }
            for id, original, document, phase in zip(*columns, strict=True)
            if original and int(_KEPT(id), 16) % 10_000 < share
        ]
        return pa.Table.from_pylist([row for row in rows if len(row["tokens"]) > 1], schema=TOKENS)

    def _reject_reason(self, size: int, supervised: bool) -> str:
        if not supervised:
            return "nothing to learn from"
        if self.context is not None and size > self.context:
            return f"longer than the student's context of {self.context}: {size} tokens"
        return f"longer than train.max_length: {size} tokens"

    def _ids(self, pairs: pa.Table) -> tuple[pa.ListArray, Ids]:
        """Each pair's token ids, and how many of them stand before its response."""
        frame = self.settings.template.frame(self.tokenizer)
        first, second, end = self._frame
        prompts = self._encoded(pairs.column("prompt"), frame.before)
        responses = self._encoded(pairs.column("response"), frame.between)
        count = len(pairs)
        ended = np.array([has_ended(finish) for finish in pairs.column("finish").to_pylist()], bool)
        parts = [_repeated(first, np.ones(count, bool)), prompts, _repeated(second, np.ones(count, bool)), responses]
        before = sum(_lengths(part) for part in parts[:3])
        return _joined([*parts, _repeated(end, ended)]), np.asarray(before, np.int32)

    def _encoded(self, texts: pa.ChunkedArray, before: str) -> pa.ListArray:
        _, blank = split_blank(before)
        stripped = pc.utf8_trim(texts, characters=_BLANKS)
        spaced = pc.if_else(pc.equal(stripped, ""), "", pc.binary_join_element_wise(blank, stripped, ""))
        if self.batch_tokenizer is not None:
            return self.batch_tokenizer.encode_all(spaced.combine_chunks())
        ids = [encode(self.tokenizer, text) if text else [] for text in spaced.to_pylist()]
        return pa.array(ids, pa.list_(pa.int32()))


def is_held_out(document: str, share: float) -> bool:
    """The document decides, so that its pairs are held out in every data set, arm and stage of training."""
    return share > 0 and int(_HELD_OUT(document), 16) % 10_000 < share * 10_000


def _verdicts(ids: pa.ChunkedArray, passed: pa.BooleanArray, sizes: NDArray[np.int64], reasons: list[str]) -> pa.Table:
    count = len(reasons)
    whole_row = pa.array(np.full(count, -1, np.int64))
    columns = [
        ids,
        pa.array(["length"] * count),
        passed,
        pa.array(sizes.astype(np.float64)),
        pa.array(reasons, pa.string()),
    ]
    return pa.table(
        dict(zip(schema(Verdict).names, [*columns, whole_row, whole_row], strict=True)), schema=schema(Verdict)
    )


def _lengths(part: pa.ListArray) -> NDArray[np.int64]:
    return np.asarray(np.diff(part.offsets.to_numpy()), np.int64)


def _repeated(ids: Ids, rows: NDArray[np.bool_]) -> pa.ListArray:
    """The same ids in every row that is marked, nothing in the others."""
    offsets = np.concatenate([[0], np.cumsum(rows * len(ids))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(np.tile(ids, int(rows.sum()))))


def _joined(parts: list[pa.ListArray]) -> pa.ListArray:
    """Row by row the lists of all parts, one after the other."""
    lengths = np.array([_lengths(part) for part in parts])
    offsets = np.concatenate([[0], np.cumsum(lengths.sum(axis=0))]).astype(np.int32)
    values = np.empty(int(offsets[-1]), np.int32)
    starts = offsets[:-1] + np.concatenate([np.zeros((1, lengths.shape[1]), np.int64), np.cumsum(lengths, axis=0)[:-1]])
    for part, sizes, start in zip(parts, lengths, starts, strict=True):
        ids = part.flatten().to_numpy()
        within = np.arange(len(ids)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        values[np.repeat(start, sizes) + within] = ids
    return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values))
