"""Text of strangers as tokens: whatever a text spells, it never becomes a control token.

`split_special_tokens=True` of transformers leaves those added tokens alone that are not marked special, such as Gemma's
`<start_of_image>` or `[multimodal]`. So texts go through a copy of the tokenizer that has no added tokens but runs of
whitespace, and what the vocabulary itself still makes into a control token is cut in two until it no longer does.
"""

import json
from functools import lru_cache
from typing import Any

from secondhalf.errors import UserError


def encode(tokenizer: Any, text: str) -> list[int]:
    """Token ids of a text, without a beginning or end token. Lone surrogates become question marks.

    Raises UserError when the tokenizer is not a fast one (it has no tokenizer.json).
    """
    plain, control, unknown = _plain(tokenizer)
    return _encode(plain, control, unknown, text.encode("utf-8", "replace").decode("utf-8"))


def control_ids(tokenizer: Any) -> frozenset[int]:
    """Ids that no text may become: every added token that is not a run of whitespace, and every special token."""
    return _plain(tokenizer)[1]


def _encode(plain: Any, control: frozenset[int], unknown: int | None, text: str) -> list[int]:
    encoding = plain.encode(text, add_special_tokens=False)
    if not control.intersection(encoding.ids):
        return list(encoding.ids)
    ids: list[int] = []
    start = 0  # of the text that is not yet in ids
    for token, (left, right) in zip(encoding.ids, encoding.offsets, strict=True):
        # An unknown character is honestly unknown; only the spelled name of that token is refused.
        honest = token == unknown and text[left:right] != plain.id_to_token(token)
        if token not in control or honest or left == right:
            continue
        # A token of one character cannot be cut: it is left out.
        middle = (left + right) // 2
        ids += _encode(plain, control, unknown, text[start:middle])
        start = middle if middle > left else right
    return ids + _encode(plain, control, unknown, text[start:]) if start else list(encoding.ids)


@lru_cache(maxsize=4)
def _plain(tokenizer: Any) -> tuple[Any, frozenset[int], int | None]:
    """The copy, the control ids and the id of the unknown token. A 262k vocabulary takes about two seconds, once."""
    from tokenizers import Tokenizer

    backend = getattr(tokenizer, "backend_tokenizer", None)
    if not isinstance(backend, Tokenizer):
        raise UserError("The student's tokenizer has no tokenizer.json: save it as a fast tokenizer first.")
    whole = json.loads(backend.to_str())
    control = {int(token["id"]) for token in whole["added_tokens"] if token["content"].strip()}
    whole["added_tokens"] = [token for token in whole["added_tokens"] if not token["content"].strip()]
    # The post-processor only adds beginnings and ends, and names tokens that are gone from the copy.
    whole["post_processor"] = whole["truncation"] = whole["padding"] = None
    copy = Tokenizer.from_str(json.dumps(whole, ensure_ascii=False))
    return copy, frozenset(control | set(tokenizer.all_special_ids)), tokenizer.unk_token_id
