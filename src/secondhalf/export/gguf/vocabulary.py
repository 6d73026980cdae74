"""A fast tokenizer as GGUF's vocabulary, for students that did not come from a GGUF.

Two families: byte-level BPE (GGUF calls it gpt2) with one of the pre-tokenizers that llama.cpp knows by name, and
SentencePiece's BPE with byte fallback (llama), whose scores are the ranks of its merges. What is written here is not taken
on trust: the parity check compares token ids.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf.export.gguf.tensors import cannot_convert
from secondhalf.models.chat.plain_text import writes_bos

if TYPE_CHECKING:
    from gguf import GGUFWriter
    from transformers import PreTrainedTokenizerBase

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {  # the published patterns of Llama 3 and Qwen 2 -> llama.cpp's names
    _CONTRACTIONS + r"\p{N}{1,3}" + _REST: "llama-bpe",
    _CONTRACTIONS + r"\p{N}" + _REST: "qwen2",
}


def write_vocabulary(writer: GGUFWriter, folder: Path, tokenizer: PreTrainedTokenizerBase, size: int) -> None:
    """Adds tokens, types, merges or scores, and special ids. `size`: rows of the embedding.

    Raises UserError for a tokenizer of neither family, or whose pre-tokenizer llama.cpp does not know.
    """
    definition = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    model = definition["model"]
    if model["type"] != "BPE":
        raise cannot_convert(f"A tokenizer of the type {model['type']}")
    merges = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    if model.get("byte_fallback"):
        _write_tokens(writer, definition, size, "llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores(_scores(definition, merges, size))
        writer.add_add_space_prefix(_adds_space(definition))
    else:
        pre = _pre_tokenizer(definition)
        _write_tokens(writer, definition, size, "gpt2")
        writer.add_tokenizer_pre(pre)
        writer.add_token_merges([" ".join(pair) for pair in merges])
    for name, id in (("bos", tokenizer.bos_token_id), ("eos", tokenizer.eos_token_id),
                         ("unk", tokenizer.unk_token_id), ("pad", tokenizer.pad_token_id)):  # fmt: skip
        if id is not None:
            getattr(writer, f"add_{name}_token_id")(id)
    writer.add_add_bos_token(writes_bos(tokenizer))
    writer.add_add_eos_token(False)


def _write_tokens(writer: GGUFWriter, definition: dict[str, Any], size: int, kind: str) -> None:
    from gguf import TokenType

    tokens: list[str | None] = [None] * size
    types = [TokenType.UNUSED] * size
    unknown = definition["model"].get("unk_token")
    for token, id in definition["model"]["vocab"].items():
        tokens[id], types[id] = token, TokenType.NORMAL
        if kind == "llama" and re.fullmatch("<0x[0-9A-F]{2}>", token):
            types[id] = TokenType.BYTE
        elif kind == "llama" and token == unknown:
            types[id] = TokenType.UNKNOWN
    for added in definition["added_tokens"]:
        id = added["id"]
        tokens[id] = added["content"]
        if types[id] != TokenType.UNKNOWN:
            types[id] = TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED
    writer.add_tokenizer_model(kind)
    writer.add_token_list([f"[PAD{id}]" if token is None else token for id, token in enumerate(tokens)])
    writer.add_token_types(types)


def _scores(definition: dict[str, Any], merges: list[list[str]], size: int) -> list[float]:
    """SentencePiece joins the pair whose token has the highest score: the token of the earliest merge."""
    vocabulary, scores = definition["model"]["vocab"], [0.0] * size
    for rank, pair in reversed(list(enumerate(merges))):
        scores[vocabulary["".join(pair)]] = -float(rank)
    return scores


def _adds_space(definition: dict[str, Any]) -> bool:
    """Whether every stretch of text is begun with a space; where only the first is ("first"), <s> stands before it."""
    normalizer, pre = json.dumps(definition.get("normalizer") or {}), definition.get("pre_tokenizer") or {}
    return '"Prepend"' in normalizer or pre.get("prepend_scheme") == "always"


def _pre_tokenizer(definition: dict[str, Any]) -> str:
    """llama.cpp's name for how a text is cut before merging. Raises UserError for a way that is not known here."""
    pre = definition.get("pre_tokenizer") or {}
    parts = pre.get("pretokenizers", [pre])
    kinds = [part.get("type") for part in parts]
    own_pattern = bool(parts[-1].get("use_regex")) and not parts[-1].get("add_prefix_space")
    if kinds == ["ByteLevel"] and own_pattern:
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and own_pattern and parts[0].get("individual_digits"):
        return "smollm"
    pattern = parts[0].get("pattern", {}).get("Regex") if kinds == ["Split", "ByteLevel"] else None
    if pattern in PATTERNS:
        return PATTERNS[pattern]
    raise cannot_convert(f"A tokenizer that cuts texts by {', '.join(map(str, kinds))}")
