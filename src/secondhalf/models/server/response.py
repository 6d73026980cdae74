"""What an OpenAI-compatible server answered, read with distrust: a reply, or the reason why it is none."""

import json
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from secondhalf.models.request import Reply, TroubleError
from secondhalf.models.server.event_stream import EventStreamError, is_event_stream, merge_events
from secondhalf.models.server.mask import mask, mask_reply
from secondhalf.models.thinking import join_thinking

_LONGEST_WORDS, _LONGEST_FINISH, _MOST_TOKENS = 300, 80, 20


def read_reply(body: bytes, *, chat: bool, secret: str = "") -> Reply:
    """The reply in a 200 answer. Raises TroubleError for truncated JSON, HTML, the wrong schema, no choice.

    A stream of events is put together first, and the secret, which some servers repeat, is blotted out of what comes back.
    Reasoning that a server hands over beside the text is put before it in <think> tags, as models write it themselves, so
    that one place strips and counts it.
    """
    try:
        answer = merge_events(body) if is_event_stream(body) else json.loads(body)
    except EventStreamError as error:
        raise TroubleError(error_message(str(error).encode("utf-8", "replace"), secret)) from error
    except (ValueError, RecursionError) as error:
        raise TroubleError(f"the server's answer is no JSON: {error_message(body, secret)}") from error
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list):
        raise TroubleError(f"the server's answer has another schema: {error_message(body, secret)}")
    if not choices:
        raise TroubleError("the server's answer holds no choice")
    choice = choices[0] if isinstance(choices[0], dict) else {}
    message = choice.get("message") if chat else choice
    if not isinstance(message, dict):
        raise TroubleError(f"the server's answer has another schema: {error_message(body, secret)}")
    text = message.get("content" if chat else "text", ...)
    finish = choice.get("finish_reason")
    if text is None and isinstance(finish, str):  # filtered, or a call of a tool: an empty reply with its reason
        text = ""
    if not isinstance(text, str):
        raise TroubleError(f"the server's answer has another schema: {error_message(body, secret)}")
    first = _first_tokens(choice.get("logprobs"), text)
    thought = message.get("reasoning_content") or message.get("reasoning")
    if chat and isinstance(thought, str):
        text = join_thinking(thought, text)
    usage, model = answer.get("usage"), answer.get("model")
    usage = usage if isinstance(usage, dict) else {}
    reply = Reply(
        _storable(text).strip(),
        _storable(finish[:_LONGEST_FINISH]) if isinstance(finish, str) else "unknown",
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
        model=_storable(model)[:200] if isinstance(model, str) else "",
        first_tokens=first,
    )
    return mask_reply(reply, secret)


def error_message(body: bytes, secret: str = "") -> str:
    """What a server said of an error: one bounded line, control characters visible, the key blotted out."""
    text = mask(_message(body), secret)
    text = " ".join(re.split(r"[ \t\r\n]+", text[: 4 * _LONGEST_WORDS].strip()))
    seen = "".join(c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text[:_LONGEST_WORDS])
    return seen + ("…" if len(text) > _LONGEST_WORDS else "") or "(nothing)"


def retry_after(value: str | None) -> float | None:
    """Seconds from a Retry-After header: a number, or an HTTP date. None when there is none, or nonsense."""
    if not value:
        return None
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", value.strip()):
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError):
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - datetime.now(UTC)).total_seconds())


def is_another(requested: str, answered: str) -> bool:
    """Whether a model's name means another model. A dated name or a path of the same one does not."""
    return bool(answered) and not (answered.startswith(requested) or requested.endswith(answered))


def _message(body: bytes) -> str:
    """The sentence inside an error's JSON, wherever servers put it; else the body's beginning."""
    start = body[: 16 * _LONGEST_WORDS].decode("utf-8", "replace")
    try:
        error: Any = json.loads(start)
    except (ValueError, RecursionError):
        return start
    for name in ("error", "message", "detail"):
        inner = error.get(name) if isinstance(error, dict) else None
        if isinstance(inner, dict) and isinstance(inner.get("message"), str):
            return str(inner["message"])
        if isinstance(inner, str):
            return inner
    return start


def _first_tokens(logprobs: Any, text: str) -> str:
    """A chat's log-probabilities of the text's first token, as JSON; "" where there are none, or they are of a thought's."""
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    first = content[0] if isinstance(content, list) and content and isinstance(content[0], dict) else {}
    token, top = first.get("token"), first.get("top_logprobs")
    if not isinstance(token, str) or not token.strip() or not text.startswith(token) or not isinstance(top, list):
        return ""
    by_token: dict[str, float] = {}
    for candidate in top[:_MOST_TOKENS]:
        name, value = (
            (candidate.get("token"), candidate.get("logprob")) if isinstance(candidate, dict) else (None, None)
        )
        if isinstance(name, str) and isinstance(value, int | float) and -1e6 < value < 1:  # and so no NaN
            by_token.setdefault(_storable(name)[:_LONGEST_WORDS], float(value))
    return json.dumps(by_token, ensure_ascii=False) if by_token else ""


def _storable(text: str) -> str:
    """JSON can spell half a surrogate pair, which no file can hold."""
    return text.encode("utf-8", "replace").decode()


def _count(value: Any) -> int:
    return value if isinstance(value, int) and 0 <= value < 2**31 else 0
