"""Templates: how a prompt and its answer become token ids, the same in training, evaluation, chat and every export.

A template is Jinja text, rendered around placeholders; its frame is tokenised with special tokens, the texts without
(see plain_text.py). What it says after the response is the response's end. It may set two variables: `later`, which
opens a later turn of a conversation in place of everything before the prompt, and `stop`, a text at which an answer ends.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from jinja2 import Environment
from pydantic import model_validator

from secondhalf.errors import UserError
from secondhalf.models.chat.loss_mask import mask_prompt
from secondhalf.models.chat.plain_text import control_ids, encode, frame_ids, split_blank, writes_bos
from secondhalf.models.chat.rendering import own_template, render_chat, render_template
from secondhalf.settings import Settings
from secondhalf.text.yaml_text import read_small_file

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_PROMPT, _RESPONSE = "\u0001prompt\u0001", "\u0001response\u0001"
_FOLDER = files(__package__).joinpath("templates")
EXAMPLES = ("one_shot", "urial")
"""Presets that show examples of conversations before the prompt: without training they teach the form."""
PRESETS = sorted(file.name.removesuffix(".jinja") for file in _FOLDER.iterdir())


class Template(Settings):
    """A named Jinja text. A recipe may write the name alone: a preset, `tokenizer`, or the path of a .jinja file."""

    name: str
    """A preset, `tokenizer` for the tokenizer's own, or any name for the text below."""

    text: str
    """Jinja with `prompt`, `response`, `bos` and `eos`; empty for the tokenizer's own. It is what counts: a run can be
    repeated without the file that it came from. Of a tokenizer's own template that says today's date, the run writes the text
    here, over `messages`, with the date fixed."""

    @model_validator(mode="before")
    @classmethod
    def _from_name(cls, value: Any) -> Any:
        if isinstance(value, dict) and value.keys() == {"name"}:
            value = value["name"]
        if isinstance(value, str):
            try:
                return {"name": value, "text": _text_of(value)}
            except UserError as error:
                raise ValueError(str(error).removesuffix(".")) from error
        name, text = (value.get(key) for key in ("name", "text")) if isinstance(value, dict) else (None, None)
        if name in PRESETS and text != _text_of(name):
            raise ValueError(f"the text is not that of {name}: leave the text out, or give the template another name")
        return value

    @classmethod
    def named(cls, name: str) -> Self:
        """A preset, `tokenizer`, or a path to a .jinja file. Raises UserError when there is none."""
        return cls(name=name, text=_text_of(name))

    def encode_prompt(self, tokenizer: PreTrainedTokenizerBase, prompt: str) -> list[int]:
        """Token ids up to where the response begins."""
        before, between = self.around_prompt(tokenizer)
        _, blank = split_blank(self.frame(tokenizer).before)
        return [*before, *_text(tokenizer, blank, prompt), *between]

    def encode_response(self, tokenizer: PreTrainedTokenizerBase, response: str, *, ended: bool) -> list[int]:
        """Token ids of a response, as they follow those of its prompt; with its end when it ended."""
        _, blank = split_blank(self.frame(tokenizer).between)
        return _text(tokenizer, blank, response) + (self.end_ids(tokenizer) if ended else [])

    def encode_pair(
        self, tokenizer: PreTrainedTokenizerBase, prompt: str, response: str, *, ended: bool
    ) -> tuple[list[int], list[int]]:
        """Token ids of a prompt and its response, and labels: IGNORED for the prompt, the ids themselves for the response."""
        before = self.encode_prompt(tokenizer, prompt)
        after = self.encode_response(tokenizer, response, ended=ended)
        ids = before + after
        return ids, mask_prompt(ids, len(before))

    def around_prompt(self, tokenizer: PreTrainedTokenizerBase) -> tuple[list[int], list[int]]:
        """Token ids of the template's own text before a prompt, and of that between it and the response."""
        frame = self.frame(tokenizer)
        (before, _), (between, _) = split_blank(frame.before), split_blank(frame.between)
        return frame_ids(tokenizer, before, ""), frame_ids(tokenizer, between)

    def encode_turns(self, tokenizer: PreTrainedTokenizerBase, turns: list[str]) -> list[int]:
        """Token ids of a conversation that the user opened, texts in turn, up to where the next text of the model begins."""
        ids, end = self.encode_prompt(tokenizer, turns[0]), self.end_text(tokenizer)
        (later, blank), (_, between) = split_blank(self.frame(tokenizer).later), self.around_prompt(tokenizer)
        for response, prompt in zip(turns[1::2], turns[2::2], strict=True):
            ids += self.encode_response(tokenizer, response, ended=True)
            ids += frame_ids(tokenizer, later, end) + _text(tokenizer, blank, prompt) + between
        return ids

    def end_ids(self, tokenizer: PreTrainedTokenizerBase) -> list[int]:
        """The token that ends a response: the first control token that the template writes after it, else its only token.

        Raises UserError for an end that the tokenizer knows as no one token: it would end answers at its first piece.
        """
        after = self.frame(tokenizer).after
        ids, control = frame_ids(tokenizer, after), control_ids(tokenizer)
        # Llama 2's own template writes a blank before </s>, and a blank must not end an answer.
        ends = [token for token in ids if token in control][:1] or ids
        if len(ends) > 1:
            raise UserError(
                f"The template {self.name} ends answers with {after.strip()}, which is no token of the student: "
                "set train.template to plain, or to the template that the student was made for."
            )
        return ends

    def end_text(self, tokenizer: PreTrainedTokenizerBase) -> str:
        """`end_ids` as text."""
        after = self.frame(tokenizer).after
        [end] = tokenizer.convert_ids_to_tokens(self.end_ids(tokenizer)) or [""]
        return str(end) if end in after else after

    def stop_ids(self, tokenizer: PreTrainedTokenizerBase) -> list[int]:
        """Tokens at which an answer is over: the template's end and the tokenizer's own."""
        return sorted({*self.end_ids(tokenizer), tokenizer.eos_token_id} - {None})

    def chat_text(self, tokenizer: PreTrainedTokenizerBase) -> str:
        """Of the template `tokenizer`: the Jinja over `messages`, with its date fixed where the run did so.

        Raises UserError for a tokenizer without a chat template, and for one with several of which none is the default.
        """
        text = self.text or own_template(tokenizer)
        if not text:
            raise UserError("The student's tokenizer has no chat template: set train.template to plain.")
        return text

    def frame(self, tokenizer: PreTrainedTokenizerBase) -> Frame:
        """The texts around prompt and response. Raises UserError when the template cannot be rendered, or lacks one."""
        return _frame(self, tokenizer)


class Frame(NamedTuple):
    """A rendered template: the texts before the prompt, between prompt and response, and after the response.

    `later` is before a later prompt of the same conversation; `stop` is a text that ends an answer, or empty.
    """

    before: str
    between: str
    after: str
    later: str
    stop: str


def _text_of(name: str) -> str:
    if name == "tokenizer":
        return ""
    if name.endswith(".jinja") and _is_file(name):
        return read_small_file(Path(name), "name another .jinja file")
    if name not in PRESETS:
        known = ", ".join(sorted(PRESETS, key=lambda preset: (preset != "plain", preset)))
        raise UserError(f"There is no template {name[:100]}: use {known}, tokenizer, or the path of a .jinja file.")
    return _FOLDER.joinpath(f"{name}.jinja").read_text("utf-8")


def _is_file(name: str) -> bool:
    try:
        return Path(name).is_file()
    except (OSError, ValueError):  # too long for a name, or holding what no name can
        return False


@cache
def _frame(template: Template, tokenizer: PreTrainedTokenizerBase) -> Frame:
    names = {"bos": tokenizer.bos_token if writes_bos(tokenizer) else "", "eos": tokenizer.eos_token or ""}
    variables, later, stop = {**names, "prompt": _PROMPT, "response": _RESPONSE}, None, ""
    if template.name == "tokenizer":
        turns = [{"role": "user", "content": _PROMPT}, {"role": "assistant", "content": _RESPONSE}]
        text = render_chat(template.chat_text(tokenizer), tokenizer, turns)
    elif template.name in PRESETS:
        module: Any = Environment().from_string(template.text).make_module(variables)  # ours, which needs no limits
        text, later, stop = str(module), getattr(module, "later", None), str(getattr(module, "stop", ""))
    else:
        text, later, stop = render_template(template.text, variables, template.name)
    before, _, rest = text.partition(_PROMPT)
    between, response, after = rest.partition(_RESPONSE)
    if not response or _PROMPT in rest or _RESPONSE in before or _RESPONSE in after:
        raise UserError(f"The template {template.name} must hold the prompt once and the response once after it.")
    if later is None:
        later = _joint(between, after) + before.removeprefix(names["bos"])
    return Frame(before, between, after, str(later), stop)


def _joint(between: str, after: str) -> str:
    """The blank after a turn's end: the response's turn is followed by what follows the prompt's, where both end alike."""
    end = after.strip()
    rest = between.removeprefix(end) if end and between.startswith(end) else ""
    return rest[: len(rest) - len(rest.lstrip())]


def _text(tokenizer: PreTrainedTokenizerBase, blank: str, text: str) -> list[int]:
    return encode(tokenizer, blank + text.strip()) if text.strip() else []
