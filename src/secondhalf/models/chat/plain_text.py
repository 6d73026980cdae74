"""Text of strangers as tokens: whatever a text spells, it never becomes a control token.

`split_special_tokens=True` of transformers leaves those added tokens alone that are not marked special, such as Gemma's
`<start_of_image>` or `[multimodal]`; and a vocabulary may make a control token by itself. So what still comes out as
one is cut in two, until it no longer does. Runs of whitespace stay the tokens that they are.

Tokenizers of Llama 2's kind write a blank before whatever they are given; inside a conversation there is none. They are
given a line break first, whose tokens are taken away again.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from secondhalf.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_ANCHOR = "\n"


def encode(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Token ids of a text inside a conversation, without a beginning or end token. Lone surrogates become question marks.

    Raises UserError when the tokenizer is not a fast one (it has no tokenizer.json).
    """
    return _encode(tokenizer, control_ids(tokenizer), text.encode("utf-8", "replace").decode("utf-8"))


def writes_bos(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the tokenizer begins a text with its beginning token. Some name one that they add to nothing (SmolLM2:
    <|im_start|>)."""
    return bool(tokenizer("x").input_ids[:1] == [tokenizer.bos_token_id])


def encode_opening(tokenizer: PreTrainedTokenizerBase, text: str) -> list[int]:
    """Token ids of a text that stands alone, as in pretraining: after the beginning token where the tokenizer writes one, and
    after the blank where it begins every text with one (the text itself begins with none). For the rest as `encode`."""
    beginning = [tokenizer.bos_token_id] if writes_bos(tokenizer) else []
    return beginning + encode(tokenizer, f" {text}" if anchored(tokenizer) else text)


def frame_ids(tokenizer: PreTrainedTokenizerBase, text: str, before: str | None = None) -> list[int]:
    """Token ids of a template's own text, special tokens included. `before`: the control token before it, or "" for nothing;
    None for the text of a stranger."""
    if not text:
        return []
    before = _anchor(tokenizer) if before is None else before
    skip = len(tokenizer(before, add_special_tokens=False).input_ids) if before else 0
    return list(tokenizer(before + text, add_special_tokens=False).input_ids[skip:])


def split_blank(frame: str) -> tuple[str, str]:
    """A template's own text without a blank at its end, and that blank or "". Alone the blank would be a token of its own; it
    goes to the first word of the text that follows, where tokenizers have it."""
    return (frame[:-1], " ") if frame.endswith(" ") else (frame, "")


@lru_cache(maxsize=8)
def control_ids(tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Ids that no text may become: every added token that is not a run of whitespace, and every special token."""
    if not getattr(tokenizer, "is_fast", False):
        raise UserError("The student's tokenizer has no tokenizer.json: save it as a fast tokenizer first.")
    added = {token for token, word in tokenizer.added_tokens_decoder.items() if str(word).strip()}
    return frozenset(added | set(tokenizer.all_special_ids))


def anchored(tokenizer: PreTrainedTokenizerBase) -> bool:
    """Whether the tokenizer begins every text with a blank, so that a text inside a conversation needs something before it."""
    return bool(_anchor(tokenizer))


@lru_cache(maxsize=8)
def _anchor(tokenizer: PreTrainedTokenizerBase) -> str:
    """A line break for tokenizers that begin every text with a blank, else nothing."""
    alone, within = (tokenizer(text, add_special_tokens=False).input_ids for text in ("x", _ANCHOR + "x"))
    return "" if within[-len(alone) :] == alone else _ANCHOR


def _encode(tokenizer: PreTrainedTokenizerBase, control: frozenset[int], text: str) -> list[int]:
    anchor = _anchor(tokenizer)
    encoded = tokenizer(
        anchor + text, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True, verbose=False
    )
    skip = len(tokenizer(anchor, add_special_tokens=False).input_ids) if anchor else 0
    tokens, offsets = encoded.input_ids[skip:], encoded.offset_mapping[skip:]
    ids: list[int] = []
    start = 0  # of the text that is not yet in ids
    for token, span in zip(tokens, offsets, strict=True):
        left, right = (max(0, edge - len(anchor)) for edge in span)
        # An unknown character is honestly unknown; only the spelled name of that token is refused.
        honest = token == tokenizer.unk_token_id and text[left:right] != tokenizer.unk_token
        if token not in control or honest or left == right:
            continue
        # A token of one character cannot be cut: it is left out.
        middle = (left + right) // 2
        ids += _encode(tokenizer, control, text[start:middle])
        start = middle if middle > left else right
    return ids + _encode(tokenizer, control, text[start:]) if start else list(tokens)
