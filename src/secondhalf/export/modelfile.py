"""Ollama's Modelfile: the GGUF, the template in Go's template language, the ends, and greedy-neutral parameters.

Ollama begins a text itself, so the beginning token is left out. It reads a message's text as text of the template, special
tokens included: what the card says of hostile prompts holds there too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from secondhalf.errors import UserError
from secondhalf.models.chat.plain_text import split_blank
from secondhalf.models.chat.rendering import render_chat
from secondhalf.runs.trained import TrainedArm

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

NOT_RUN_IN_OLLAMA = (
    "The Modelfile was not run in Ollama: this kind of template was tested on a stand-in, and the real run is "
    "outstanding."
)
_QUOTES = '"""'


def modelfile_text(trained: TrainedArm, tokenizer: PreTrainedTokenizerBase, gguf: str) -> str:
    """The Modelfile's text; `gguf` is the file beside it. Raises UserError for a template that Go's cannot say."""
    frame = trained.template.frame(tokenizer)
    stops = [str(tokenizer.convert_ids_to_tokens(token)) for token in trained.template.stop_ids(tokenizer)]
    stops += [frame.stop] if frame.stop else []
    template = go_template(trained, tokenizer)
    if _QUOTES in template or any('"' in stop for stop in stops):
        raise UserError(
            f"The template {trained.template.name} holds quotation marks that a Modelfile cannot: --as gguf."
        )
    settings = trained.recipe.evaluate
    # Ollama's own defaults would cut the tail and punish repetition unseen.
    parameters = {
        "temperature": settings.temperature,
        "num_predict": settings.max_tokens,
        "top_k": 0,
        "top_p": 1,
        "min_p": 0,
        "repeat_penalty": 1,
    }
    lines = [
        f"FROM ./{gguf}",
        f"TEMPLATE {_QUOTES}{template}{_QUOTES}",
        *(f'PARAMETER stop "{stop}"' for stop in stops),
        *(f"PARAMETER {name} {value}" for name, value in parameters.items()),
    ]
    # A quotation mark at the end would join those that close the text.
    notices = "\n".join(trained.recipe.notices).replace('"', "'")
    return "\n".join([*lines, *([f"LICENSE {_QUOTES}{notices}{_QUOTES}"] if notices else [])]) + "\n"


def go_template(trained: TrainedArm, tokenizer: PreTrainedTokenizerBase) -> str:
    """The template over `.System`, `.Prompt` and `.Response`."""
    if trained.template.name == "tokenizer":
        turns = [{"role": "user", "content": "\u0001"}]
        text = render_chat(trained.template.chat_text(tokenizer), tokenizer, turns, prompt=True)
        before, _, between = text.partition("\u0001")
        after = trained.template.frame(tokenizer).after
    else:
        before, between, after, *_ = trained.template.frame(tokenizer)
    before = before.removeprefix(tokenizer.bos_token or "")
    # A prompt for an answer ends before the blank.
    parts = (_go(text) for text in (before, split_blank(between)[0], after))
    first, middle, last = parts
    system = "{{ if .System }}{{ .System }}\n\n{{ end }}"
    return f"{first}{system}{{{{ .Prompt }}}}{middle}{{{{ .Response }}}}{last}"


def _go(text: str) -> str:
    return text.replace("{{", '{{ "{{" }}')
