"""Messages as token ids, for engines that run in this process: the tokenizer's own chat template, and no text in it that
becomes a special token.

The template is rendered around placeholders; its frame is tokenised with special tokens, the texts without (plain_text.py).
"""

import json
import os
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.chat.plain_text import encode
from secondhalf.models.request import USER_TURN


class ChatTokens:
    """The template of one tokenizer. Raises UserError when it has none, or one that drops messages."""

    def __init__(self, tokenizer: Any, folder: Path) -> None:
        if not tokenizer.chat_template:
            raise UserError(
                f"{folder}: the tokenizer has no chat template, so nobody can be asked: choose a tuned model."
            )
        # Whether special tokens are split is a state of the tokenizer, which every call sets: two threads at once would
        # take a text's tokens with the frame's rule.
        self._tokenizer, self._lock = tokenizer, Lock()
        self.stops = _stops(folder, tokenizer)
        self._frames: dict[tuple[str, ...], list[list[int]]] = {}

    def ids(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        """Token ids up to where the reply begins; of a USER_TURN, up to where that is to be carried on."""
        with self._lock:
            return self._ids(messages)

    def text(self, ids: Sequence[int]) -> str:
        """A reply's text, special tokens left out."""
        with self._lock:
            return str(self._tokenizer.decode(ids, skip_special_tokens=True)).strip()

    def _ids(self, messages: tuple[tuple[str, str], ...]) -> list[int]:
        roles = tuple("user" if role == USER_TURN else role for role, _ in messages)
        if roles not in self._frames:
            self._frames[roles] = self._frame(roles)
        first, *others = self._frames[roles]
        ids = list(first)
        for (role, text), after in zip(messages, others, strict=True):
            ids += encode(self._tokenizer, text) + (after if role != USER_TURN else [])
        return ids

    def _frame(self, roles: tuple[str, ...]) -> list[list[int]]:
        """The token ids before, between and after the messages."""
        marks = [f"@@{index}-{os.urandom(8).hex()}@@" for index in range(len(roles))]
        turns = [{"role": role, "content": mark} for role, mark in zip(roles, marks, strict=True)]
        rest = str(self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
        frame = []
        for mark in marks:
            before, found, rest = rest.partition(mark)
            if not found:
                raise UserError(
                    "The teacher's chat template drops or reorders messages: use a model with a plain template."
                )
            frame.append(before)
        return [
            list(self._tokenizer(text, add_special_tokens=False).input_ids) if text else [] for text in [*frame, rest]
        ]


def _stops(folder: Path, tokenizer: Any) -> list[int]:
    """The ends that the model's own settings name (a chat model's turn end among them), and the tokenizer's."""
    path = folder / "generation_config.json"
    told = json.loads(path.read_text("utf-8")).get("eos_token_id") if path.is_file() else None
    named = told if isinstance(told, list) else [told]
    return sorted({token for token in [*named, tokenizer.eos_token_id] if isinstance(token, int)})
