"""Templates of strangers as text: a recipe's own Jinja, and the chat template that a tokenizer brings. Rendered in a process of
their own, with limits of time, memory and length (`render_process.py`); the tenth of a second that it takes to start is paid
once for each template.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf.errors import UserError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_PROGRAM = Path(__file__).with_name("render_process.py")
_PATIENCE = 60.0  # seconds by the clock, on however busy a machine; its processor time is limited far below
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL", "TZ", "VIRTUAL_ENV", "PYTHONHOME")


def own_template(tokenizer: PreTrainedTokenizerBase, whose: str = "student") -> str:
    """The chat template that a tokenizer brings, "" where it has none. Raises UserError for several without a default."""
    template = tokenizer.chat_template
    if isinstance(template, dict):
        if "default" not in template:
            raise UserError(
                f"The {whose}'s tokenizer has several chat templates ({', '.join(sorted(template))}) and none that is named "
                "default: name one so in its tokenizer_config.json"
                + (", or set train.template." if whose == "student" else ".")
            )
        template = template["default"]
    return str(template or "")


def render_chat(
    template: str,
    tokenizer: PreTrainedTokenizerBase,
    messages: Sequence[Mapping[str, str]],
    *,
    prompt: bool = False,
    name: str = "tokenizer",
) -> str:
    """A chat template over messages of `role` and `content`, as transformers renders it; `prompt`: up to where a reply begins.

    Raises UserError, naming the template, where it cannot be rendered or takes too much.
    """
    variables = {
        **tokenizer.special_tokens_map, "messages": list(messages), "tools": None, "documents": None,
        "add_generation_prompt": prompt,
    }  # fmt: skip
    return str(_rendered(name, template, "chat", json.dumps(variables))["text"])


def render_template(template: str, variables: Mapping[str, str], name: str) -> tuple[str, str | None, str]:
    """A recipe's template: its text, and what it sets `later` (None where it does not) and `stop` to ("").

    Raises UserError, naming the template, where it cannot be rendered or takes too much.
    """
    rendered = _rendered(name, template, "recipe", json.dumps(variables))
    return str(rendered["text"]), rendered["later"], str(rendered["stop"])


def is_dated(template: str) -> bool:
    """Whether a chat template asks what day it is. Raises UserError where it cannot be read."""
    if "strftime_now" not in template:
        return False
    return bool(_rendered("tokenizer", template, "date", "{}")["dated"])


@lru_cache(maxsize=256)
def _rendered(name: str, template: str, kind: str, variables: str) -> dict[str, Any]:
    job = json.dumps({"template": template, "kind": kind, "variables": json.loads(variables)})
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    try:
        ended = subprocess.run(
            [sys.executable, "-P", str(_PROGRAM)],
            input=job, capture_output=True, text=True, env=environment, timeout=_PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise _failed(name, f"it takes more than {_PATIENCE:g} seconds") from error
    if ended.returncode < 0:
        raise _failed(name, "it takes more than two seconds, or more memory than it may")
    try:
        result: dict[str, Any] = json.loads(ended.stdout)
    except ValueError as error:
        raise _failed(name, (ended.stderr.strip().splitlines() or ["nothing came of it"])[-1][:300]) from error
    if "error" in result:
        raise _failed(name, result["error"])
    return result


def _failed(name: str, why: str) -> UserError:
    return UserError(f"The template {name[:100]} cannot be rendered ({why.rstrip('.')}): mend it.")
