"""Requests and tokens a minute: how long the next request must wait so that no minute holds more than is allowed.

Each limit is a point in time up to which it is used up (the generic cell rate algorithm, ITU-T I.371): no queue, no
timer, no history.
"""

from secondhalf.models.request import Request

_BURST = 1.0  # seconds' worth that may go at once


class PerMinuteLimit:
    """So many a minute; None for no limit."""

    def __init__(self, per_minute: float | None) -> None:
        self._seconds = 60 / per_minute if per_minute else 0.0
        self._used_until = 0.0

    def wait(self, now: float) -> float:
        """Seconds until something may be taken. What is larger than a burst goes too, and is waited for afterwards."""
        return max(0.0, self._used_until - _BURST - now)

    def consume(self, amount: float, now: float) -> None:
        """Uses up an amount; a negative one gives back what was guessed too much."""
        self._used_until = max(self._used_until, now if amount > 0 else 0.0) + amount * self._seconds


class RateLimit:
    """Both limits of one account."""

    def __init__(self, requests_per_minute: int | None = None, tokens_per_minute: int | None = None) -> None:
        self._requests, self._tokens = PerMinuteLimit(requests_per_minute), PerMinuteLimit(tokens_per_minute)
        self.unlimited = not (requests_per_minute or tokens_per_minute)

    def wait(self, now: float) -> float:
        """Seconds until the next request may go."""
        return 0.0 if self.unlimited else max(self._requests.wait(now), self._tokens.wait(now))

    def sent(self, request: Request, now: float) -> None:
        """A request goes out: its tokens are guessed."""
        if not self.unlimited:
            self._requests.consume(1, now)
            self._tokens.consume(estimate_tokens(request), now)

    def answered(self, request: Request, tokens: int, now: float) -> None:
        """The reply told the tokens: the guess is put right."""
        if tokens and not self.unlimited:
            self._tokens.consume(tokens - estimate_tokens(request), now)


def estimate_tokens(request: Request) -> int:
    """Tokens of a request and its longest reply: a token for three bytes, which is a Japanese character."""
    return sum(len(text.encode()) // 3 for _, text in request.messages) + request.sampling.max_tokens
