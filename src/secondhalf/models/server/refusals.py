"""What a server's error means: the account's, the model's or the address's (the run stops), passing (asked again), or the text's.

Statuses say it only in part: 400 is an over-long text at one server and an empty account at another. So the error's code, type
and sentence are read too. Never the rest of the body, which may repeat what was asked.
"""

import re
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.models.request import RefusedError, TroubleError
from secondhalf.models.server.response import AnswerError, error_codes, error_message

# What no repeating mends and every row would meet: the key, the bill, the address or the model's name.
_FATAL = {
    401: "refuses the key",
    402: "asks for payment (see to the account there, or name another server)",
    403: "forbids this to the account or the key (ask whose they are, or name another model)",
    404: "does not know the address or the model (correct the one that is wrong)",
    405: "does not know the address (correct it: most end in /v1)",
    407: "is behind a proxy that wants a login, as in HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT",
    410: "has the model no more (name another)",
}
_NO_ACCOUNT = "refuses the account or the model, or the account has no money left (see to it there, or name another)"
_TOO_MUCH = {429, 503, 529}
_AWAY = {502, 504}
_AGAIN = {201, 202, 204, 408, 409, 425}  # like 5xx: the same request may be answered next time
_TOO_LARGE = {413, 414, 431}
# The account's or the model's, whatever the status: codes of OpenAI, DeepSeek and Alibaba (Arrearage), Anthropic's sentence.
_ACCOUNT = re.compile(
    r"insufficient_(quota|balance|credits?|funds)|billing_(hard_limit_reached|not_active)|arrearage|invalid_api_key|"
    r"account_(deactivated|suspended)|model_not_found|credit balance is too low"
)
# A filter looked at the text. Azure OpenAI (content_filter, ResponsibleAIPolicyViolation), OpenAI (content_policy_violation,
# invalid_prompt), OpenRouter (403 with metadata.flagged_input), DashScope (data_inspection_failed).
_FILTERED = re.compile(
    r"content[ _-]?(filter|policy|management|moderation)|responsibleaipolicy|data_inspection_failed|\bflagged|"
    r"invalid_prompt|prompt injection|moderation"
)
# The text is too long. OpenAI, vLLM (context_length_exceeded, "maximum context length"), llama.cpp (exceed_context_size_error),
# Anthropic ("prompt is too long"), OpenRouter (string_too_long, max_tokens_exceeded, token_limit_exceeded).
_TOO_LONG = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|too[ _]long|too many (input )?tokens|string_above_max_length|"
    r"(max_tokens|token_limit)_exceeded|reduce the length|exceeds? the (maximum|max|model's) (number of |input |prompt )?tokens?"
)
_LENGTH_ERROR = {400, 413, 414, 422, 431, 500}  # llama.cpp says 500 for some


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Whom an error is of: `url`, the key to blot out, and the name of the variable that holds it."""

    url: str
    key: str = ""
    key_env: str = ""


def failure(status: int, body: bytes, server: ServerAddress, after: float | None = None) -> Exception:
    """The error that an answer without a reply stands for: UserError, TroubleError or RefusedError, with the server's words.

    `status` is the HTTP status, or the code of an error in an answer with status 200. `after`: the seconds it asks to wait.
    """
    words, codes = error_message(body, server.key), error_codes(body)
    reason = f"the server answered {status}: {words}"
    if _is_the_texts(status, codes):
        return RefusedError(reason, fault="text")
    fatal = _FATAL.get(status)
    if 400 <= status < 500 and _ACCOUNT.search(codes):
        fatal = _FATAL[401] if "invalid_api_key" in codes else _NO_ACCOUNT
    if fatal:
        key = f" in {server.key_env}" if fatal == _FATAL[401] and server.key_env else ""
        return UserError(f"{server.url} {fatal}{key}: {words} ({status}).")
    if status in _TOO_MUCH | _AWAY:
        return TroubleError(reason, cost=1, too_much=status in _TOO_MUCH, after=after)
    if 300 <= status < 400:
        return TroubleError(f"the server redirects ({status}), which is not followed: correct server.urls")
    if status >= 500 or status in _AGAIN:
        return TroubleError(reason)
    return RefusedError(reason)


def answer_failure(error: AnswerError, body: bytes, server: ServerAddress) -> Exception:
    """The same for an error in an answer with status 200, by its own code, or by its words where it has none."""
    meant = failure(error.status or 400, body, server)
    if not error.status and isinstance(meant, RefusedError) and meant.fault == "unclear":
        return error
    if isinstance(meant, TroubleError):
        meant.paid = error.paid
        if not meant.too_much or error.paid:  # what was begun may have cost something, so it is a whole attempt
            meant.cost = 10
    return meant


def _is_the_texts(status: int, codes: str) -> bool:
    if status in _TOO_LARGE or (status in {400, 403, 422} and _FILTERED.search(codes)):
        return True
    return status in _LENGTH_ERROR and bool(_TOO_LONG.search(codes))
