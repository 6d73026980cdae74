"""Messages as token ids, for engines that run in this process: the model's own chat template, and no text in it that
becomes a special token.

The template is rendered around placeholders; its frame is tokenised with special tokens, the texts without.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from secondhalf.errors import UserError
from secondhalf.models.chat.plain_text import encode, encode_opening, frame_ids, split_blank
from secondhalf.models.chat.rendering import own_template, render_chat
from secondhalf.models.folder import read_json
from secondhalf.models.request import USER_TURN

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class ChatConversation:
    """A chat template, whatever renders it and makes tokens of it: for one text they are those of the rendered whole.

    `render`: the template over messages of `role` and `content`, up to where the reply begins. `frame`: token ids of the
    template's own text, special tokens included, at the very beginning or within. `text`: those of a stranger's text within.
    """

    def __init__(
        self,
        render: Callable[[list[dict[str, str]]], str],
        frame: Callable[[str, bool], list[int]],
        text: Callable[[str], list[int]],
    ) -> None:
        self._render, self._frame, self._text = render, frame, text
        self._salt = os.urandom(8).hex()  # no template can write the marks itself
        self._frames: dict[tuple[str, ...], tuple[list[tuple[list[int], str]], list[int]]] = {}

    def ids(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """Token ids up to where the reply begins; of a USER_TURN, up to where that is to be carried on.

        Raises UserError when the template drops or reorders messages.
        """
        roles = tuple("user" if role == USER_TURN else role for role, _ in messages)
        if roles not in self._frames:
            self._frames[roles] = self._frame_of(roles)
        starts, rest = self._frames[roles]
        ids: list[int] = []
        for (start, blank), (_, text) in zip(starts, messages, strict=True):
            ids += start + (self._text(blank + text) if text else [])
        return ids if messages[-1][0] == USER_TURN else ids + rest

    def _frame_of(self, roles: Sequence[str]) -> tuple[list[tuple[list[int], str]], list[int]]:
        """Before each message the token ids and the blank that goes to its first word; the token ids after all of them."""
        marks = [f"@@{index}-{self._salt}@@" for index in range(len(roles))]
        rest = self._render([{"role": role, "content": mark} for role, mark in zip(roles, marks, strict=True)])
        starts: list[tuple[list[int], str]] = []
        for mark in marks:
            before, separator, rest = rest.partition(mark)
            if not separator:
                raise UserError(
                    "The teacher's chat template drops or reorders messages: use a model with a plain template."
                )
            frame, blank = split_blank(before)
            starts.append((self._frame(frame, not starts), blank))
        return starts, self._frame(rest, False)


class PlainTokens:
    """A text to be carried on as it stands, as in pretraining: no template, and the tokenizer's own end alone ends it."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
        # Whether special tokens are split is a state of the tokenizer, which every call sets: two threads at once would
        # take a text's tokens with the frame's rule.
        self._tokenizer, self._lock = tokenizer, Lock()
        self.stops = _stops(folder, tokenizer)

    def ids(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """Token ids of the last message's text, to be carried on."""
        with self._lock:
            return encode_opening(self._tokenizer, messages[-1][1])

    def text(self, ids: Sequence[int]) -> str:
        """A reply's text, special tokens left out."""
        with self._lock:
            return str(self._tokenizer.decode(ids, skip_special_tokens=True)).strip()


class ChatTokens(PlainTokens):
    """The template of one tokenizer. Raises UserError when it has none, several without a default, or one that drops messages."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, folder: Path) -> None:
        template = own_template(tokenizer, "teacher")
        if not template:
            raise UserError(
                f"{folder}: the tokenizer has no chat template, so nobody can be asked: choose a tuned model."
            )
        super().__init__(tokenizer, folder)
        self._chat = ChatConversation(
            lambda turns: render_chat(template, tokenizer, turns, prompt=True, name=f"of {folder.name}"),
            lambda text, first: frame_ids(tokenizer, text, "" if first else None),
            lambda text: encode(tokenizer, text),
        )

    def ids(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """Token ids up to where the reply begins; of a USER_TURN, up to where that is to be carried on."""
        with self._lock:
            return self._chat.ids(messages)


def _stops(folder: Path, tokenizer: PreTrainedTokenizerBase) -> list[int]:
    """The ends that the model's own settings name (a chat model's turn end among them), and the tokenizer's."""
    end_tokens = read_json(folder / "generation_config.json").get("eos_token_id")
    named = end_tokens if isinstance(end_tokens, list) else [end_tokens]
    return sorted({token for token in [*named, tokenizer.eos_token_id] if isinstance(token, int)})
