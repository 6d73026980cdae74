"""The student's tokenizer with the template as its chat template."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.models.chat.chat_template import jinja_for_tokenizer
from secondhalf.models.chat.rendering import own_template, render_chat
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.runs.trained import TrainedArm

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def save_tokenizer(trained: TrainedArm, out: Path) -> PreTrainedTokenizerBase:
    """Writes the tokenizer into `out` and returns it."""
    tokenizer = load_tokenizer(trained.base)
    tokenizer.chat_template = jinja_for_tokenizer(trained.template, tokenizer)
    tokenizer.save_pretrained(out)
    return tokenizer


def chat_ids(tokenizer: PreTrainedTokenizerBase, prompt: str) -> list[int]:
    """Token ids of one user's turn as other programs make them: the chat template, tokenised as a whole."""
    turns = [{"role": "user", "content": prompt}]
    text = render_chat(own_template(tokenizer), tokenizer, turns, prompt=True)
    return list(tokenizer(text, add_special_tokens=False).input_ids)
