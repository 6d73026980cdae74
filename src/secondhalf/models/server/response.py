"""What an OpenAI-compatible server answered, read with distrust: a reply, or the reason why it is none."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from secondhalf.models.finish import MISSING, NO_CHOICE, finish_kind
from secondhalf.models.request import Paid, Reply, Request, TroubleError
from secondhalf.models.server.event_stream import EventStreamError, is_event_stream, merge_events
from secondhalf.models.server.mask import mask_reply
from secondhalf.models.server.usage import read_usage
from secondhalf.models.thinking import join_thinking
from secondhalf.text.secrets import mask_secrets

_LONGEST_WORDS, _LONGEST_FINISH, _MOST_TOKENS = 300, 80, 20


class AnswerError(TroubleError):
    """An answer with status 200 that holds an error in place of a reply. `status` is the error's own code, 0 for none."""

    def __init__(self, words: str, status: int, paid: Paid | None) -> None:
        super().__init__(words, paid=paid)
        self.status = status


def read_reply(body: bytes, *, chat: bool, secret: str = "", request: Request | None = None) -> Reply:
    """The reply in a 200 answer. Raises TroubleError for truncated JSON, HTML, the wrong schema, an error in the reply's place.

    An answer that was billed is a reply, if an empty one, whatever its choice lacks: asked again it would be paid for again.
    A stream of events is put together first, and the secret, which some servers repeat, is blotted out of what comes back.
    Reasoning that a server hands over beside the text is put before it in <think> tags, as models write it themselves, so
    that one place strips and counts it. Tokens that were not counted are estimated from the texts of the `request` and reply.
    """
    try:
        answer = merge_events(body) if is_event_stream(body) else json.loads(body)
    except EventStreamError as error:
        raise TroubleError(error_message(str(error).encode("utf-8", "replace"), secret)) from error
    except (ValueError, RecursionError) as error:
        raise TroubleError(f"the server's answer is no JSON: {error_message(body, secret)}") from error
    answer = answer if isinstance(answer, dict) else {}
    paid = read_usage(answer.get("usage")).billed
    choices = answer.get("choices")
    _check_for_error(answer, body, paid, secret)
    if not paid and not isinstance(choices, list):
        raise TroubleError(f"the server's answer has another schema: {error_message(body, secret)}")
    if not paid and not choices:
        raise TroubleError("the server's answer holds no choice")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    message = choice.get("message") if chat else choice
    message = message if isinstance(message, dict) else {}
    finish = finish_of(choice) if choices else NO_CHOICE
    text, thought = _text(message.get("content" if chat else "text", ...))
    if text is None and (paid or finish):
        text = ""  # filtered, a call of a tool, thinking alone: an empty reply with its reason
        finish = "refusal" if isinstance(message.get("refusal"), str) and finish_kind(finish) == "ended" else finish
    if text is None:
        raise TroubleError(f"the server's answer has another schema: {error_message(body, secret)}")
    first = _first_tokens(choice.get("logprobs"), text)
    beside = message.get("reasoning_content") or message.get("reasoning")
    thought = beside if isinstance(beside, str) else thought
    if chat and thought:
        text = join_thinking(thought, text)
    text = _storable(text).strip()
    prompt_tokens, response_tokens, estimated = read_usage(answer.get("usage")).or_estimate(request, text)
    model = answer.get("model")
    reply = Reply(
        text,
        _storable(finish[:_LONGEST_FINISH]) or MISSING,
        prompt_tokens,
        response_tokens,
        model=_storable(model)[:200] if isinstance(model, str) else "",
        first_tokens=first,
        estimated=estimated,
    )
    return mask_reply(reply, secret)


def finish_of(choice: Mapping[str, Any]) -> str:
    """A choice's finish reason; "" where there is none.

    Some servers write {"type": "stop"} (SGLang's own API; Azure, in finish_details). Proxies write their own word and the
    model's beside it: where that one tells of a failure, the proxy's is wrong (LiteLLM says stop for all that it does not know).
    """
    named = (choice.get("finish_reason"), choice.get("finish_details"), choice.get("native_finish_reason"))
    words = [word.get("type") if isinstance(word, dict) else word for word in named]
    more = choice.get("provider_specific_fields")
    native = [words[2], more.get("native_finish_reason") if isinstance(more, dict) else None]
    failed = [word for word in native if isinstance(word, str) and finish_kind(word) == "failed"]
    return next((word for word in [*failed, *words] if isinstance(word, str) and word.strip()), "")


def _check_for_error(answer: Mapping[str, Any], body: bytes, paid: Paid | None, secret: str) -> None:
    """Raises AnswerError for an error in the place of the reply, or beside a reply that it cut off."""
    choices = answer.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices and isinstance(choices[0], dict) else {}
    error = choice.get("error") or answer.get("error")
    if not error and (choices or paid or not any(answer.get(name) for name in ("message", "detail", "msg", "errors"))):
        return
    if choices and isinstance(error, dict) and not error.get("message") and error.get("code") in {None, 0, 200}:
        return  # no error: a gateway that says so
    code = error.get("code", error.get("status")) if isinstance(error, dict) else answer.get("code")
    status = int(str(code)) if re.fullmatch("[45][0-9][0-9]", str(code)) else 0
    words = error_message(json.dumps({"error": error}).encode() if error else body, secret)
    raise AnswerError(f"the server's answer holds an error: {words}", status, paid)


def _text(content: Any) -> tuple[str | None, str]:
    """The text of a message, and the thinking among its parts. None where it has no text that can be read.

    Parts are those of OpenAI ({type: text, text}), Mistral (thinking, whose value is a list of parts again) and Anthropic.
    """
    if isinstance(content, str):
        return content, ""
    if isinstance(content, dict):
        content = [content]
    if not isinstance(content, list):
        return None, ""
    texts, thoughts = list[str](), list[str]()
    readable = not content
    for part in content:
        kind = str(part.get("type", "text")) if isinstance(part, dict) else "text"
        is_thought = kind in {"thinking", "reasoning", "redacted_thinking", "reasoning_content"}
        value = part if isinstance(part, str) else None
        for name in ("text", "thinking", "reasoning", "content", "summary") if isinstance(part, dict) else ():
            if isinstance(part.get(name), str | list):
                value = part[name]
                break
        inner = value if isinstance(value, str) else (_text(value)[0] if isinstance(value, list) else None)
        if inner is not None:
            (thoughts if is_thought else texts).append(inner)
            readable = True
    return ("".join(texts) if readable else None), "".join(thoughts)


def error_message(body: bytes, secret: str = "") -> str:
    """What a server said of an error: one bounded line, control characters visible, the key blotted out."""
    text = mask_secrets(_message(body), secret)
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


def error_codes(body: bytes) -> str:
    """An error's sentence, code, type and kin on one line of lower case, to be searched; nothing of what was asked."""
    error = _error_object(_beginning(body))
    inner = error.get("error")
    parts = [_message(body)]
    for where in (error, inner, *(inner.get(name) for name in ("innererror", "metadata") if isinstance(inner, dict))):
        if isinstance(where, dict):
            parts += [str(where[name]) for name in ("code", "type", "status") if isinstance(where.get(name), str)]
            parts += [name for name in where if name == "flagged_input"]
    return " ".join(parts)[: 8 * _LONGEST_WORDS].lower()


def _beginning(body: bytes) -> str:
    return body[: 200 * _LONGEST_WORDS].decode("utf-8", "replace")


def _error_object(text: str) -> dict[str, Any]:
    """An error's JSON object; the first of a list of them, as Gemini sends. Empty where there is none."""
    try:
        error: Any = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    error = error[0] if isinstance(error, list) and error else error
    return error if isinstance(error, dict) else {}


def _message(body: bytes) -> str:
    """The sentence inside an error's JSON, wherever servers put it; else the body's beginning."""
    start = _beginning(body)
    error = _error_object(start)
    for name in ("error", "message", "detail", "errors", "msg"):
        inner = error.get(name)
        if isinstance(inner, list) and inner and isinstance(inner[0], dict):
            inner = inner[0]  # FastAPI's list of faults: its `input` repeats what was asked
        if isinstance(inner, dict):
            metadata = inner.get("metadata")
            raw = metadata.get("raw") if isinstance(metadata, dict) else None  # OpenRouter: what its upstream said
            words = next((inner[key] for key in ("message", "msg") if isinstance(inner.get(key), str)), None)
            place = ".".join(map(str, inner["loc"])) if isinstance(inner.get("loc"), list) else ""
            if words is not None:
                return (f"{place}: " if place else "") + str(words) + (f": {raw}" if isinstance(raw, str) else "")
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
