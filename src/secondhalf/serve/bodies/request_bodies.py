"""Bodies of requests, as OpenAI's API writes them: chat and plain completions.

A field that the API does not have is an error, and so is one that cannot be kept here (several choices, tools, log-probabilities)
unless it asks for nothing. A system message is put before the first question, with a blank line between: the arms are trained on
texts without one. Messages of one role in a row are one message.
"""

import secrets
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from secondhalf.serve.engines.generation import GenerationRequest
from secondhalf.serve.errors import ApiError

_MOST_MESSAGES, _MOST_PROMPTS, _MOST_SEED = 1000, 32, 2**63
# Fields of the API that change nothing here, or ask for what is the case anyway: by name, what says so beside null.
_NOTHING_ASKED: dict[str, tuple[object, ...]] = {
    "n": (1,), "best_of": (1,), "response_format": ({"type": "text"},), "tool_choice": ("none", "auto"),
    "function_call": ("none", "auto"), "modalities": (["text"],), "service_tier": ("auto", "default"),
    "parallel_tool_calls": (True, False), "tools": ([],), "functions": ([],), "logprobs": (False,), "top_logprobs": (0,),
    "echo": (False,), "suffix": ("",), "logit_bias": ({},), "presence_penalty": (0, 0.0), "frequency_penalty": (0, 0.0),
    **dict.fromkeys(("audio", "prediction", "reasoning_effort", "verbosity", "web_search_options"), ()),
}  # fmt: skip


class _RequestBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


class TextPart(_RequestBody):
    """A part of a message."""

    type: Literal["text"]
    text: str


class ChatMessage(_RequestBody):
    """One message; developer counts as system."""

    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[TextPart]
    name: str | None = None
    # What the API's own answers have beside the text: clients send them back as they came.
    refusal: None = None
    audio: None = None
    function_call: None = None
    tool_calls: list[object] | None = Field(None, max_length=0)
    annotations: list[object] | None = Field(None, max_length=0)

    @property
    def text(self) -> str:
        """Its words."""
        return self.content if isinstance(self.content, str) else "".join(part.text for part in self.content)


class StreamOptions(_RequestBody):
    """What a stream holds beside the answer."""

    include_usage: bool = False
    include_obfuscation: bool = False


class CompletionBody(_RequestBody):
    """What both kinds of requests have."""

    model: str = Field(max_length=300)
    max_tokens: int | None = Field(None, ge=1, le=1 << 20)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, gt=0, le=1)
    seed: int | None = Field(None, ge=-_MOST_SEED, lt=_MOST_SEED)
    stop: str | list[str] | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: str | None = None
    # Taken and not used.
    metadata: dict[str, str] | None = None
    store: bool | None = None
    safety_identifier: str | None = None
    prompt_cache_key: str | None = None

    @property
    def stops(self) -> list[str]:
        """Texts that end the answer. Raises ApiError for more than four, as the API does."""
        stops = [self.stop] if isinstance(self.stop, str) else self.stop or []
        if len(stops) > 4 or not all(stops):
            raise ApiError(400, "stop: at most four texts, none of them empty.", param="stop")
        return stops

    @property
    def with_usage(self) -> bool:
        """Whether a stream is asked to end with its usage."""
        return self.stream_options is not None and self.stream_options.include_usage


class ChatBody(CompletionBody):
    """A request for a chat completion."""

    messages: list[ChatMessage] = Field(min_length=1, max_length=_MOST_MESSAGES)
    max_completion_tokens: int | None = Field(None, ge=1, le=1 << 20)

    def generations(self) -> list[GenerationRequest]:
        """What is asked of an engine. Raises ApiError where the messages are no conversation that a user ends."""
        longest = self.max_tokens if self.max_completion_tokens is None else self.max_completion_tokens
        return [GenerationRequest(_turns(self.messages), True, longest, *_drawing(self))]


class PlainBody(CompletionBody):
    """A request for a plain completion: the text is carried on as it stands, without the template."""

    prompt: str | list[str]

    def generations(self) -> list[GenerationRequest]:
        """What is asked of an engine for each prompt. Raises ApiError for none, too many, and several in a stream."""
        prompts = [self.prompt] if isinstance(self.prompt, str) else self.prompt
        if not 0 < len(prompts) <= _MOST_PROMPTS:
            raise ApiError(400, f"prompt: 1 to {_MOST_PROMPTS} texts a request are carried on here.", param="prompt")
        if self.stream and len(prompts) > 1:
            raise ApiError(400, "prompt: one text a stream is carried on here.", param="prompt")
        return [GenerationRequest((prompt,), False, self.max_tokens, *_drawing(self)) for prompt in prompts]


def parse_body(kind: type[ChatBody] | type[PlainBody], fields: object) -> ChatBody | PlainBody:
    """The body. Raises ApiError that names the first field that is wrong."""
    if not isinstance(fields, dict):
        raise ApiError(400, "The body must be a JSON object.")
    try:
        return kind.model_validate(_without_empty(fields))
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        name = ".".join(map(str, fault["loc"]))[:200]
        words = "unknown field" if fault["type"] == "extra_forbidden" else str(fault["msg"])
        code = "unknown_parameter" if fault["type"] == "extra_forbidden" else None
        raise ApiError(400, f"{name}: {words}.", param=name, code=code) from None


def _without_empty(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields without those that ask for nothing. Raises ApiError for one that asks for what is not done here."""
    for name in _NOTHING_ASKED.keys() & fields.keys():
        value = fields[name]
        # true is no 1 here, and false no 0.
        if value is not None and not any(type(value) is type(one) and value == one for one in _NOTHING_ASKED[name]):
            raise ApiError(400, f"{name}: this is not done here.", param=name, code="unsupported_parameter")
    return {name: value for name, value in fields.items() if name not in _NOTHING_ASKED}


def _drawing(body: CompletionBody) -> tuple[float, float, int]:
    """Temperature, top_p and seed: the API's defaults, and chance where no seed is named."""
    seed = secrets.randbits(63) if body.seed is None else body.seed
    return 1.0 if body.temperature is None else body.temperature, body.top_p or 1.0, seed


def _turns(messages: list[ChatMessage]) -> tuple[str, ...]:
    before = [message.text for message in messages if message.role in {"system", "developer"}]
    turns: list[str] = []
    last = ""
    for message in messages:
        if message.role in {"system", "developer"}:
            continue
        if message.role == last:
            turns[-1] += "\n\n" + message.text
        else:
            turns.append(message.text)
        if not last and message.role == "assistant":
            raise ApiError(400, "messages: the first must be the user's.", param="messages")
        last = message.role
    if last != "user":
        raise ApiError(400, "messages: the last must be the user's.", param="messages")
    turns[0] = "\n\n".join([*(text for text in before if text.strip()), turns[0]])
    return tuple(turns)
