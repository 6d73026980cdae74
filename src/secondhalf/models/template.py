"""Templates: how a prompt and its answer become token ids, the same in training, evaluation and chat.

A template is Jinja text, rendered around placeholders; its frame is tokenised with special tokens, the texts without
(see plain_text.py). What it says after the response is the response's end.
"""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from secondhalf.errors import UserError
from secondhalf.models.plain_text import control_ids, encode

_PROMPT, _RESPONSE = "\u0001prompt\u0001", "\u0001response\u0001"
IGNORED = -100  # the label of a position that is not supervised


@dataclass(frozen=True)
class Template:
    """A named Jinja text with `prompt`, `response`, `bos` and `eos`. `tokenizer` stands for the tokenizer's own."""

    name: str
    text: str

    @classmethod
    def named(cls, name: str) -> "Template":
        """A preset (plain, gemma, chatml), `tokenizer`, or a path to a .jinja file."""
        if name == "tokenizer":
            return cls(name, "")
        path = Path(name)
        if path.suffix == ".jinja" and path.is_file():
            return cls(name, path.read_text("utf-8"))
        preset = files("secondhalf.models").joinpath("templates", f"{name}.jinja")
        if not name.isidentifier() or not preset.is_file():
            raise UserError(
                f"There is no template {name}: use plain, gemma, chatml, tokenizer, or the path of a .jinja file."
            )
        return cls(name, preset.read_text("utf-8"))

    def encode_prompt(self, tokenizer: Any, prompt: str) -> list[int]:
        """Token ids up to where the response begins."""
        before, between, _ = _frame(self, tokenizer)
        return _before(tokenizer, before) + _text(tokenizer, before, prompt) + _before(tokenizer, between)

    def encode_pair(self, tokenizer: Any, prompt: str, response: str, *, ended: bool) -> tuple[list[int], list[int]]:
        """Token ids and labels: the response and, when it ended, its end. `encode_prompt` is their beginning."""
        before = self.encode_prompt(tokenizer, prompt)
        _, between, _ = _frame(self, tokenizer)
        after = _text(tokenizer, between, response) + (self.end_ids(tokenizer) if ended else [])
        return before + after, [IGNORED] * len(before) + after

    def end_ids(self, tokenizer: Any) -> list[int]:
        """The token that ends a response: the first control token that the template writes after it, else the first."""
        ids, control = _special(tokenizer, _frame(self, tokenizer)[2]), control_ids(tokenizer)
        # Llama 2's own template writes a blank before </s>, and a blank must not end an answer.
        return [token for token in ids if token in control][:1] or ids[:1]

    def stop_ids(self, tokenizer: Any) -> list[int]:
        """Tokens at which an answer is over: the template's end and the tokenizer's own."""
        return sorted({*self.end_ids(tokenizer), tokenizer.eos_token_id} - {None})

    def frame(self, tokenizer: Any) -> "Frame":
        """The texts around prompt and response. Raises UserError when the template cannot be rendered."""
        return Frame(*_frame(self, tokenizer))


class Frame(NamedTuple):
    """A rendered template: the texts before the prompt, between prompt and response, and after the response."""

    before: str
    between: str
    after: str
    stop: str = ""


@cache
def _frame(template: Template, tokenizer: Any) -> tuple[str, str, str]:
    """The texts before the prompt, between prompt and response, and after the response."""
    try:
        if template.name == "tokenizer":
            if not tokenizer.chat_template:
                raise UserError("The student's tokenizer has no chat template: set train.template to plain.")
            turns = [{"role": "user", "content": _PROMPT}, {"role": "assistant", "content": _RESPONSE}]
            text = str(tokenizer.apply_chat_template(turns, tokenize=False))
        else:
            # Some tokenizers name a beginning that they add to nothing (SmolLM2: <|im_start|>).
            begins = tokenizer("x").input_ids[:1] == [tokenizer.bos_token_id]
            names = {
                "bos": tokenizer.bos_token if begins else "",
                "eos": tokenizer.eos_token or "",
                "prompt": _PROMPT,
                "response": _RESPONSE,
            }
            text = ImmutableSandboxedEnvironment(keep_trailing_newline=False).from_string(template.text).render(names)
    except TemplateError as error:
        raise UserError(f"The template {template.name} cannot be rendered ({error}): mend it.") from error
    match = re.fullmatch(f"(.*){_PROMPT}(.*){_RESPONSE}(.*)", text, re.DOTALL)
    if not match or text.count(_PROMPT) != 1 or text.count(_RESPONSE) != 1:
        raise UserError(f"The template {template.name} must hold the prompt once and the response once after it.")
    before, between, after = match.groups()
    return before, between, after


def _before(tokenizer: Any, frame: str) -> list[int]:
    # A space before a text would be a token of its own; it goes to the text's first word instead.
    return _special(tokenizer, frame.removesuffix(" "))


def _text(tokenizer: Any, frame: str, text: str) -> list[int]:
    if not text.strip():
        return []
    return encode(tokenizer, (" " if frame.endswith(" ") else "") + text.strip())


def _special(tokenizer: Any, text: str) -> list[int]:
    return list(tokenizer(text, add_special_tokens=False).input_ids) if text else []
