"""A fast tokenizer as GGUF's vocabulary, for students that did not come from a GGUF.

Two families: byte-level BPE (GGUF calls it gpt2) with one of the pre-tokenizers that llama.cpp knows by name, and
SentencePiece's BPE with byte fallback (llama), whose scores are the ranks of its merges. What is said here is not taken
on trust: the parity check compares token ids.
"""

import json
import re
from pathlib import Path
from typing import Any

from secondhalf.export.gguf.tensors import unknown
from secondhalf.models.chat.plain_text import writes_bos

_CONTRACTIONS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"
_REST = r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
PATTERNS = {  # the published patterns of Llama 3 and Qwen 2 -> llama.cpp's names
    _CONTRACTIONS + r"\p{N}{1,3}" + _REST: "llama-bpe",
    _CONTRACTIONS + r"\p{N}" + _REST: "qwen2",
}


def write_vocabulary(writer: Any, folder: Path, tokenizer: Any, size: int) -> None:
    """Adds tokens, types, merges or scores, and special ids to a GGUFWriter. `size`: rows of the embedding."""
    told = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    model = told["model"]
    if model["type"] != "BPE":
        raise unknown(f"A tokenizer of the type {model['type']}")
    merges = [pair if isinstance(pair, list) else pair.split(" ") for pair in model["merges"]]
    if model.get("byte_fallback"):
        _write_tokens(writer, told, size, "llama")
        writer.add_tokenizer_pre("default")
        writer.add_token_scores(_scores(told, merges, size))
        writer.add_add_space_prefix(_adds_space(told))
    else:
        pre = _pre_tokenizer(told)
        _write_tokens(writer, told, size, "gpt2")
        writer.add_tokenizer_pre(pre)
        writer.add_token_merges([" ".join(pair) for pair in merges])
    for name, number in (("bos", tokenizer.bos_token_id), ("eos", tokenizer.eos_token_id),
                         ("unk", tokenizer.unk_token_id), ("pad", tokenizer.pad_token_id)):  # fmt: skip
        if number is not None:
            getattr(writer, f"add_{name}_token_id")(number)
    writer.add_add_bos_token(writes_bos(tokenizer))
    writer.add_add_eos_token(False)


def _write_tokens(writer: Any, told: dict[str, Any], size: int, kind: str) -> None:
    from gguf import TokenType

    words: list[str | None] = [None] * size
    types = [TokenType.UNUSED] * size
    unknown_word = told["model"].get("unk_token")
    for word, number in told["model"]["vocab"].items():
        words[number], types[number] = word, TokenType.NORMAL
        if kind == "llama" and re.fullmatch("<0x[0-9A-F]{2}>", word):
            types[number] = TokenType.BYTE
        elif kind == "llama" and word == unknown_word:
            types[number] = TokenType.UNKNOWN
    for added in told["added_tokens"]:
        number = added["id"]
        words[number] = added["content"]
        if types[number] != TokenType.UNKNOWN:
            types[number] = TokenType.CONTROL if added["special"] else TokenType.USER_DEFINED
    writer.add_tokenizer_model(kind)
    writer.add_token_list([f"[PAD{number}]" if word is None else word for number, word in enumerate(words)])
    writer.add_token_types(types)


def _scores(told: dict[str, Any], merges: list[list[str]], size: int) -> list[float]:
    """SentencePiece joins the pair whose token has the highest score: the token of the earliest merge."""
    vocabulary, scores = told["model"]["vocab"], [0.0] * size
    for rank, pair in reversed(list(enumerate(merges))):
        scores[vocabulary["".join(pair)]] = -float(rank)
    return scores


def _adds_space(told: dict[str, Any]) -> bool:
    """Whether every stretch of text is begun with a space; where only the first is ("first"), <s> stands before it."""
    normalizer, pre = json.dumps(told.get("normalizer") or {}), told.get("pre_tokenizer") or {}
    return '"Prepend"' in normalizer or pre.get("prepend_scheme") == "always"


def _pre_tokenizer(told: dict[str, Any]) -> str:
    """llama.cpp's name for how a text is cut before merging. Raises UserError for a way that is not known here."""
    pre = told.get("pre_tokenizer") or {}
    parts = pre.get("pretokenizers", [pre])
    kinds = [part.get("type") for part in parts]
    own = bool(parts[-1].get("use_regex")) and not parts[-1].get("add_prefix_space")
    if kinds == ["ByteLevel"] and own:
        return "gpt-2"
    if kinds == ["Digits", "ByteLevel"] and own and parts[0].get("individual_digits"):
        return "smollm"
    pattern = parts[0].get("pattern", {}).get("Regex") if kinds == ["Split", "ByteLevel"] else None
    if pattern in PATTERNS:
        return PATTERNS[pattern]
    raise unknown(f"A tokenizer that cuts texts by {', '.join(map(str, kinds))}")
