"""Answers as OpenAI's API writes them, whole and in pieces."""

from dataclasses import dataclass

from secondhalf.text import json_lines


@dataclass(frozen=True, slots=True)
class AnswerShape:
    """How one request is answered: the names that stand in every piece."""

    id: str
    model: str
    """The arm that answers, as `/v1/models` names it."""
    created: int
    """Seconds since 1970."""
    chat: bool

    def whole(self, answers: list[tuple[str, str]], usage: dict[str, int]) -> dict[str, object]:
        """The body of answers at once: of each prompt, in order, the text and the finish reason."""
        kind = "chat.completion" if self.chat else "text_completion"
        choices = [self._choice(self._content(text), finish, number) for number, (text, finish) in enumerate(answers)]
        return {**self._head(kind), "choices": choices, "usage": usage}

    def _content(self, text: str) -> dict[str, object]:
        return {"message": {"role": "assistant", "content": text, "refusal": None}} if self.chat else {"text": text}

    def first(self) -> bytes:
        """The event that opens a stream; nothing for a plain completion."""
        return self._event({"role": "assistant", "content": "", "refusal": None}, None) if self.chat else b""

    def piece(self, text: str) -> bytes:
        """The event of a further piece."""
        return self._event({"content": text} if self.chat else text, None)

    def last(self, finish: str) -> bytes:
        """The event that ends the answer."""
        return self._event({} if self.chat else "", finish)

    def usage(self, usage: dict[str, int]) -> bytes:
        """The event with the usage alone."""
        return event({**self._head(self._kind_of_piece), "choices": [], "usage": usage})

    @property
    def _kind_of_piece(self) -> str:
        return "chat.completion.chunk" if self.chat else "text_completion"

    def _event(self, delta: object, finish: str | None) -> bytes:
        content: dict[str, object] = {"delta": delta} if self.chat else {"text": delta}
        return event({**self._head(self._kind_of_piece), "choices": [self._choice(content, finish)]})

    def _head(self, kind: str) -> dict[str, object]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.model}

    def _choice(self, content: dict[str, object], finish: str | None, number: int = 0) -> dict[str, object]:
        return {"index": number, **content, "logprobs": None, "finish_reason": finish}


DONE = b"data: [DONE]\n\n"
"""The event that ends a stream."""


def event(body: object) -> bytes:
    """A server-sent event."""
    return f"data: {json_lines.line(body)}\n\n".encode("utf-8", "replace")


def usage_of(prompt_tokens: int, answer_tokens: int) -> dict[str, int]:
    """The API's usage."""
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": answer_tokens,
        "total_tokens": prompt_tokens + answer_tokens,
    }
