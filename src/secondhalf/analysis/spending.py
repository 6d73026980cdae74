"""What a stage's manifest tells of its model calls: how many there were, how many were paid for, what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Spending:
    """The model calls behind one stage, its judge's included. Tokens are those of all calls, paid for or not."""

    calls: int = 0
    from_journal: int = 0
    """Calls whose reply was there already: they cost this stage nothing."""
    prompt_tokens: int = 0
    response_tokens: int = 0
    dollars: float | None = 0.0
    """None: a model's price is not known."""
    seconds: float = 0.0
    """Of all attempts, where the stage was killed and went on."""
    estimated: int = 0
    """Paid calls whose tokens are estimated from their texts, and their dollars with them: the server counted none."""


def spending(manifest: Mapping[str, Any]) -> Spending:
    """Reads a manifest; a stage that asked nobody spent nothing."""
    needed = {name: int(manifest.get(name, 0)) for name in ("model_calls", "prompt_tokens", "response_tokens")}
    paid: Mapping[str, Any] = manifest.get("paid", {})
    judged: Mapping[str, Any] = paid.get("judge", {})  # who chooses among candidates
    others_paid = sum(int(account["calls"]) for name, account in paid.items() if name != "judge")
    costs = [account["dollars"] for account in paid.values()]
    return Spending(
        needed["model_calls"] + int(judged.get("calls", 0)),
        max(0, needed["model_calls"] - others_paid) if "paid" in manifest else 0,
        needed["prompt_tokens"] + int(judged.get("prompt_tokens", 0)),
        needed["response_tokens"] + int(judged.get("response_tokens", 0)),
        None if None in costs else float(sum(costs)),
        float(manifest.get("seconds_in_all", manifest.get("seconds", 0.0))),
        sum(int(account.get("estimated", 0)) for account in paid.values()),
    )
