"""Many texts as token ids at once: for each of them exactly what `plain_text.encode` gives, every distinct word tokenised once.

A tokenizer of words never joins a character with the space after it, so a text can be cut there and its words looked up.
That holds for byte-level BPE with a pattern that is known here, and for sentencepiece-like BPE as far as no token of the
vocabulary reaches over such a place. Every other tokenizer gets whole texts, in batches: as exact, and less fast.
"""

from __future__ import annotations

import json
import re
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.models.chat.plain_text import anchored, control_ids, encode

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

IDS = pa.list_(pa.int32())
_MOST_REMEMBERED, _LONGEST = 1 << 18, 32  # words that are remembered, and the longest of them in bytes
_MARKS = ("\x01", "\x02", "\x03", "\ufdd0", "\uffff")  # one that no text of the batch holds says where a text is cut
# What is no white space to RE2, Rust or Python: between such a character and a space a text may be cut.
_SOLID = r"\s\x0b\x1c-\x1f\x85\p{Z}"
# Pre-tokenizers that end a word before every space: GPT-2's own (in ByteLevel), Llama 3's and Qwen's.
_PATTERNS = {
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
}


class BatchTokenizer:
    """A tokenizer for batches of texts. Threads may share it. Raises UserError when the tokenizer is not a fast one."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer, self._control = tokenizer, control_ids(tokenizer)
        self._batch = _copy(tokenizer.backend_tokenizer)
        self._batch.encode_special_tokens = True
        self._cut = cut_after(_plan(tokenizer.backend_tokenizer))
        self._remembered = (pa.array([], pa.string()), pa.array([], IDS))
        self._lock = Lock()

    def __reduce__(self) -> tuple[type[BatchTokenizer], tuple[PreTrainedTokenizerBase]]:
        """Another process makes its own: a lock cannot be sent, and what was remembered decides nothing."""
        return BatchTokenizer, (self._tokenizer,)

    def encode_all(self, texts: pa.StringArray) -> pa.ListArray:
        """Token ids of each text, as int32 lists."""
        if not self._cut:
            return self._encode(texts)
        # Where every space ends a word, a plain split finds the same words as the pattern, several times as fast.
        odd = pc.match_substring_regex(texts, f"[{self._cut[2:]} ")
        if not pc.any(odd).as_py():
            return self._split(texts)
        usual = pc.invert(odd)
        parts = [self._split(texts.filter(usual)), self._marked(texts.filter(odd))]
        positions = np.concatenate([np.flatnonzero(mask.to_numpy(zero_copy_only=False)) for mask in (usual, odd)])
        return pa.concat_arrays(parts).take(pa.array(np.argsort(positions)))

    def _split(self, texts: pa.StringArray) -> pa.ListArray:
        """Texts that are cut before every space; all words but the first begin with theirs."""
        words = pc.split_pattern(texts, " ")
        offsets = words.offsets.to_numpy()
        distinct = words.flatten().dictionary_encode()
        later = distinct.indices.to_numpy() + len(distinct.dictionary)
        later[offsets[:-1]] -= len(distinct.dictionary)
        used = np.zeros(2 * len(distinct.dictionary), bool)
        used[later] = True
        needed, positions = np.flatnonzero(used), (np.cumsum(used, dtype=np.int32) - 1)[later]
        both = pa.concat_arrays([distinct.dictionary, pc.binary_join_element_wise(" ", distinct.dictionary, "")])
        return _lists(self._ids(both.take(pa.array(needed))).take(pa.array(positions)), offsets)

    def _marked(self, texts: pa.StringArray) -> pa.ListArray:
        words = self._split_at_marks(texts)
        distinct = words.flatten().dictionary_encode()
        return _lists(self._ids(distinct.dictionary).take(distinct.indices), words.offsets.to_numpy())

    def _split_at_marks(self, texts: pa.StringArray) -> pa.ListArray:
        free = (mark for mark in _MARKS if not pc.any(pc.match_substring(texts, mark)).as_py())
        mark = next(free, None)
        if mark is None:
            return pa.ListArray.from_arrays(pa.array(range(len(texts) + 1), pa.int32()), texts)
        return pc.split_pattern(pc.replace_substring_regex(texts, f"({self._cut}) ", f"\\1{mark} "), mark)

    def _ids(self, words: pa.StringArray) -> pa.ListArray:
        known, their_ids = self._remembered
        position = pc.index_in(words, value_set=known)
        new = words.filter(position.is_null())
        encoded = self._encode(new)
        if self._cut and len(known) < _MOST_REMEMBERED:
            short = pc.less_equal(pc.binary_length(new), _LONGEST)
            # Two threads may learn at once, and what one of them learned is lost: it will be learned again.
            self._remembered = (
                pa.concat_arrays([known, new.filter(short)]),
                pa.concat_arrays([their_ids, encoded.filter(short)]),
            )
        numbers = pa.array(range(len(known), len(known) + len(new)), pa.int32())
        return pa.concat_arrays([their_ids, encoded]).take(pc.replace_with_mask(position, position.is_null(), numbers))

    def _encode(self, texts_array: pa.StringArray) -> pa.ListArray:
        texts = texts_array.to_pylist()
        if anchored(self._tokenizer):  # such a tokenizer begins every text with a blank, which `encode` takes away
            with self._lock:
                return pa.array([encode(self._tokenizer, text) for text in texts], IDS)
        encoded = [encoding.ids for encoding in self._batch.encode_batch_fast(texts, add_special_tokens=False)]
        unknown, spelled = self._tokenizer.unk_token_id, self._tokenizer.unk_token
        for number, (text, ids) in enumerate(zip(texts, encoded, strict=True)):
            control = self._control.intersection(ids)
            # An unknown character is honestly unknown; whatever else came out as a control token is cut in two.
            if control and (control != {unknown} or spelled in text):
                with self._lock:
                    encoded[number] = encode(self._tokenizer, text)
        return pa.array(encoded, IDS)


def _copy(original: Any) -> Any:
    """A tokenizer of our own, which keeps its settings in every thread: transformers switches its own between calls."""
    from tokenizers import Tokenizer

    added = original.get_added_tokens_decoder()
    copy = Tokenizer(original.model)  # the model itself is shared: a copy of a large vocabulary takes a second
    for part in ("normalizer", "pre_tokenizer"):
        if getattr(original, part) is not None:
            setattr(copy, part, getattr(original, part))
    copy.add_tokens([added[number] for number in sorted(added)])
    if repr(copy.get_added_tokens_decoder()) != repr(added):
        copy = Tokenizer.from_str(original.to_str())
        copy.no_truncation()
        copy.no_padding()
    return copy


def _plan(tokenizer: PreTrainedTokenizerBase) -> dict[str, Any]:
    """What `cut_after` asks of a tokenizer.json, without the merges: reading those takes a second."""
    model = tokenizer.model
    names = ("dropout", "continuing_subword_prefix", "unk_token", "byte_fallback")
    parts = {name: getattr(tokenizer, name) for name in ("normalizer", "pre_tokenizer")}
    flags = ("content", "special", "lstrip", "rstrip", "single_word")
    return {
        "model": {"type": type(model).__name__, "vocab": tokenizer.get_vocab(with_added_tokens=False)}
        | {name: getattr(model, name, None) for name in names},
        **{name: part and json.loads(part.__getstate__()) for name, part in parts.items()},
        "added_tokens": [
            {flag: getattr(token, flag) for flag in flags} for token in tokenizer.get_added_tokens_decoder().values()
        ],
    }


def _lists(words: pa.ListArray, offsets: Any) -> pa.ListArray:
    """The ids of words as the ids of texts, whose words begin at `offsets`."""
    return pa.ListArray.from_arrays(pa.array(words.offsets.to_numpy()[offsets], pa.int32()), words.values)


def cut_after(plan: dict[str, Any]) -> str | None:
    """The class of characters (RE2) after which a text may be cut if a space follows; None: such a cut may change tokens.

    `plan` is a tokenizer.json; of its model, merges are not asked for.
    """
    model, normalizer, splits = plan["model"], plan["normalizer"], _splits(plan["pre_tokenizer"])
    if model["type"] != "BPE" or model.get("dropout") or model.get("continuing_subword_prefix"):
        return None
    for token in plan["added_tokens"]:
        flags = token["lstrip"] or token["rstrip"] or token["single_word"]
        if not token["special"] and (flags or re.search(r"\S[ ▁]", token["content"])):
            return None
    if _byte_level(splits) and (normalizer is None or normalizer["type"] == "NFC"):
        return f"[^{_SOLID}]"
    spaces = {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}
    replaced = normalizer == spaces and all(split["type"] == "Split" for split in splits)
    replaced = replaced and all(split["pattern"] == {"String": " "} for split in splits)
    metaspace = normalizer is None and [split["type"] for split in splits] == ["Metaspace"]
    if not (replaced or metaspace) or (model["unk_token"] and not model["byte_fallback"]):
        return None
    # Merges pass through tokens of the vocabulary only: after a character that no token joins with a space, nothing merges.
    within = (token for token in model["vocab"] if "▁" in token[1:])
    joined = {before for token in within for before in re.findall("([^▁])(?=▁)", token)}
    return f"[^{_SOLID}▁{''.join(map(re.escape, sorted(joined)))}]" if len(joined) < 64 else None


def _splits(plan: dict[str, Any] | None) -> list[dict[str, Any]]:
    if plan is None:
        return []
    return list(plan["pretokenizers"]) if plan["type"] == "Sequence" else [plan]


def _byte_level(splits: list[dict[str, Any]]) -> bool:
    if not splits or splits[-1]["type"] != "ByteLevel" or splits[-1]["add_prefix_space"]:
        return False
    known = all(
        split["type"] == "Digits"
        or (split["type"] == "Split" and split["pattern"].get("Regex") in _PATTERNS and not split["invert"])
        for split in splits[:-1]
    )
    return known and (splits[-1]["use_regex"] or any(split["type"] == "Split" for split in splits))
