"""A template as the chat template of a tokenizer: the Jinja over `messages` that servers and other tools render.

What it renders, tokenised as a whole, are the token ids that the student was trained on; a test compares them. The one
exception are tokenizers that join a full stop with the line break after it (Llama 3, Qwen) under the templates of words
(plain, one_shot): there the prompt's last token may differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from secondhalf.models.chat.plain_text import split_blank
from secondhalf.models.chat.template import Template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def jinja_for_tokenizer(template: Template, tokenizer: PreTrainedTokenizerBase) -> str:
    """Jinja over `messages` and `add_generation_prompt`, for one turn or many.

    Templates here know no system turn: a system message is put before the first prompt, as Gemma's own template does.
    Raises UserError when the template cannot be rendered, or is the tokenizer's own and it has none.
    """
    frame = template.frame(tokenizer)
    if template.name == "tokenizer":
        return template.chat_text(tokenizer)
    end = template.end_text(tokenizer)
    # A prompt for an answer ends before the blank.
    between, blank = split_blank(frame.between)
    return (
        "{%- set ns = namespace(system='', begun=false) -%}"
        "{%- for message in messages -%}"
        "{%- if message['role'] == 'system' -%}"
        "{%- set ns.system = message['content'] | trim + '\\n\\n' -%}"
        "{%- elif message['role'] == 'assistant' -%}"
        f"{{{{- {_literal(blank)} + message['content'] | trim + {_literal(end)} -}}}}"
        "{%- else -%}"
        f"{{%- if ns.begun -%}}{{{{- {_literal(frame.later)} -}}}}"
        f"{{%- else -%}}{{{{- {_literal(frame.before)} -}}}}{{%- endif -%}}"
        "{{- (ns.system + message['content']) | trim -}}"
        "{%- set ns.system = '' -%}{%- set ns.begun = true -%}"
        "{%- if add_generation_prompt or not loop.last -%}"
        f"{{{{- {_literal(between)} -}}}}"
        "{%- endif -%}"
        "{%- endif -%}"
        "{%- endfor -%}"
    )


def _literal(text: str) -> str:
    """The text as a string in Jinja; not as JSON, whose escapes not every engine reads."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    return f"'{escaped}'"
