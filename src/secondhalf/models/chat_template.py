"""A template as the chat template of a tokenizer: the Jinja over `messages` that servers and other tools render."""

from typing import Any

from secondhalf.models.template import Template


def chat_template(template: Template, tokenizer: Any) -> str:
    """Jinja over `messages` and `add_generation_prompt`, for one turn or many.

    Templates here know no system turn: a system message is put before the first prompt.
    Raises UserError when the template cannot be rendered, or is the tokenizer's own and it has none.
    """
    frame = template.frame(tokenizer)
    if template.name == "tokenizer":
        return str(tokenizer.chat_template)
    # The blank before a response goes to its first word, so a prompt for an answer ends before it.
    between, blank = frame.between.removesuffix(" "), " " if frame.between.endswith(" ") else ""
    later = frame.before.removeprefix(tokenizer.bos_token or "")
    return (
        "{%- set ns = namespace(system='', begun=false) -%}"
        "{%- for message in messages -%}"
        "{%- if message['role'] == 'system' -%}{%- set ns.system = message['content'] | trim + '\\n\\n' -%}"
        "{%- elif message['role'] == 'assistant' -%}"
        f"{{{{- {_literal(between + blank)} + message['content'] | trim + {_literal(frame.after)} -}}}}"
        "{%- else -%}"
        f"{{%- if ns.begun -%}}{{{{- {_literal(later)} -}}}}{{%- else -%}}{{{{- {_literal(frame.before)} -}}}}{{%- endif -%}}"
        "{{- (ns.system + message['content']) | trim -}}{%- set ns.system = '' -%}{%- set ns.begun = true -%}"
        "{%- endif -%}"
        "{%- endfor -%}"
        f"{{%- if add_generation_prompt -%}}{{{{- {_literal(between)} -}}}}{{%- endif -%}}"
    )


def _literal(text: str) -> str:
    """The text as a string in Jinja; not as JSON, whose escapes not every engine reads."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
    return f"'{escaped}'"
