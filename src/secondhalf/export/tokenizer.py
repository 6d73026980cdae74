"""The student's tokenizer with the template as its chat template."""

from pathlib import Path
from typing import Any

from secondhalf.models.chat.chat_template import chat_template
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.runs.trained import TrainedArm


def save_tokenizer(trained: TrainedArm, out: Path) -> Any:
    """Writes the tokenizer into `out` and returns it."""
    tokenizer = load_tokenizer(trained.base)
    tokenizer.chat_template = chat_template(trained.template, tokenizer)
    tokenizer.save_pretrained(out)
    return tokenizer


def chat_ids(tokenizer: Any, prompt: str) -> list[int]:
    """Token ids of one user's turn as other programs make them: the chat template, tokenised as a whole."""
    turns = [{"role": "user", "content": prompt}]
    text = str(tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True))
    return list(tokenizer(text, add_special_tokens=False).input_ids)
