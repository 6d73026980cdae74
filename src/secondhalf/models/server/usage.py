"""The tokens that a server says it counted, read with distrust; estimated from the text where it counted none.

A budget in tokens or dollars must hold whatever a server leaves out (null, zero, no `usage`) or makes up (negative, huge).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from secondhalf.models.costs.token_estimate import prompt_tokens, rough_tokens
from secondhalf.models.request import Paid, Request

_MOST = 2**31


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Tokens read and written as a server counted them; None: not counted, or no count."""

    prompt: int | None
    response: int | None

    @property
    def billed(self) -> Paid | None:
        """What was counted, where anything was: the answer is paid for, whatever it holds."""
        paid = self.prompt or 0, self.response or 0
        return paid if any(paid) else None

    def or_estimate(self, request: Request | None, text: str) -> tuple[int, int, bool]:
        """Tokens read and written, and whether either is estimated. Without the request nothing is."""
        read, written = self.prompt, self.response
        estimated = False
        if request is None:
            return read or 0, written or 0, False
        if not read:
            read, estimated = max(1, round(prompt_tokens(request.messages))), True
        # Nothing written is a count where the prompt has one.
        if text and not written:
            written, estimated = max(1, round(rough_tokens(text))), True
        return read or 0, written or 0, estimated


def read_usage(usage: Any) -> TokenCounts:
    """The counts of a `usage` object, under OpenAI's names or Anthropic's; what was written may follow from the total."""
    usage = usage if isinstance(usage, Mapping) else {}
    prompt = _first_count(usage, "prompt_tokens", "input_tokens")
    response = _first_count(usage, "completion_tokens", "output_tokens")
    total = _count(usage.get("total_tokens"))
    if not response and prompt and total and total > prompt:
        response = total - prompt
    return TokenCounts(prompt, response)


def _first_count(usage: Mapping[str, Any], *names: str) -> int | None:
    return next((count for name in names if (count := _count(usage.get(name))) is not None), None)


def _count(value: Any) -> int | None:
    if isinstance(value, float) and value.is_integer():  # some JSON writers know no whole numbers
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST else None
