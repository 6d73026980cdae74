"""Tokens as text while they come: a character that is split over tokens is given when it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_LOST = "\ufffd"
_LONGEST = 8  # tokens that a character may take; what is still no character then is what the model wrote


class Detokenizer:
    """The text of one growing answer. Special tokens are left out.

    A few tokens before the new ones are decoded again with them, because some tokenizers write a blank only between words.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._tokenizer = tokenizer
        self._ids: list[int] = []
        self._start = self._given = 0

    def feed(self, token: int) -> str:
        """The text that is whole with this token and was not given before."""
        self._ids.append(token)
        return self._new(final=len(self._ids) - self._given > _LONGEST)

    def end(self) -> str:
        """What is left."""
        return self._new(final=True)

    def _new(self, *, final: bool) -> str:
        before = self._decode(self._ids[self._start : self._given])
        text = self._decode(self._ids[self._start :])
        if len(text) <= len(before) or (text.endswith(_LOST) and not final):
            return ""
        self._start, self._given = self._given, len(self._ids)
        return text[len(before) :]

    def _decode(self, ids: list[int]) -> str:
        return str(self._tokenizer.decode(ids, skip_special_tokens=True))
