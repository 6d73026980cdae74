"""What model calls cost, and the limit: tokens, calls, money and seconds, counted while they are spent.

A budget is one stage's money. Its ledgers, one a model, are charged reply by reply; what was spent stands in a small file
beside the stage's tables, so a stage that is killed and started again goes on counting where it was. Written at most five
times a second: a kill may forget what was charged in the last fifth of one, never a reply.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import Field

from secondhalf.errors import UserError
from secondhalf.models.costs.prices import Price
from secondhalf.settings import Settings
from secondhalf.store.files import write_atomically

_PAUSE = 0.2  # seconds between two writes


class BudgetSettings(Settings):
    """What asking may cost. Replies that the journal already has are free."""

    dollars: float | None = Field(None, gt=0)
    """Stop when this much is spent, in US dollars. Requests in flight at that moment are still paid for."""

    tokens: int | None = Field(None, gt=0)
    """Stop when this many tokens, read and written, are spent."""


@dataclass
class Usage:
    """What was paid for."""

    calls: int = 0
    prompt_tokens: int = 0
    response_tokens: int = 0
    dollars: float = 0.0
    estimated: int = 0
    """Calls whose tokens are estimated from their texts: the server counted none."""


class Budget:
    """The money of one stage. `hour` is what an hour of this machine costs, in US dollars; `section` the recipe's that
    holds the budget; `earlier` the summary of a stage whose spending counts towards the limit, such as the pilot's.

    >>> import secondhalf
    >>> secondhalf.Budget(hour=0.5).spent
    {}
    """

    def __init__(
        self,
        path: Path | None = None,
        budget: BudgetSettings | None = None,
        hour: float = 0.0,
        section: str = "teach",
        earlier: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.budget, self.hour, self.section, self._path = budget or BudgetSettings(), hour, section, path
        saved: dict[str, Any] = json.loads(path.read_text("utf-8")) if path and path.is_file() else {}
        self.spent = {name: Usage(**entry) for name, entry in saved.get("spent", {}).items()}
        self._earlier = [Usage(**{**entry, "dollars": entry["dollars"] or 0.0}) for entry in (earlier or {}).values()]
        self._seconds_before = float(saved.get("seconds", 0.0))
        self._start, self._saved = time.monotonic(), 0.0
        self._lock = threading.Lock()
        self._unpriced: set[str] = set()

    def ledger(self, name: str, price: Price | None, *, batched: bool = False) -> "CostLedger":
        """The account of one model, `name` being its part: the teacher, a judge.

        Raises UserError when the budget is in dollars and the model's price is unknown.
        """
        if price is None and self.budget.dollars is not None:
            raise UserError(
                f"{self.section}.budget.dollars needs the price of the {name}'s tokens: write it into a file and name that "
                f"in {self.section}.prices, or give the budget in tokens."
            )
        if price is None:
            self._unpriced.add(name)
        spent = self.spent.setdefault(name, Usage())
        return CostLedger(self, spent, price, batched=batched)

    @property
    def seconds(self) -> float:
        """Seconds since the stage began, pauses between its attempts left out."""
        return self._seconds_before + time.monotonic() - self._start

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return sum(spent.prompt_tokens + spent.response_tokens for spent in (*self.spent.values(), *self._earlier))

    @property
    def dollars(self) -> float:
        """Calls and this machine's hours together."""
        calls = sum(spent.dollars for spent in (*self.spent.values(), *self._earlier))
        return calls + self.seconds / 3600 * self.hour

    @property
    def exhausted(self) -> str:
        """Which limit is reached and how to raise it, or "" while money is left."""
        return self.shortage(0, 0.0)

    def shortage(self, tokens: int, dollars: float) -> str:
        """Why the budget cannot pay this much more, or ""."""
        for name, so_far, limit, more, form in (
            ("tokens", self.tokens, self.budget.tokens, tokens, "{:,.0f}"),
            ("dollars", self.dollars, self.budget.dollars, dollars, "{:,.4g}"),
        ):
            if limit is not None and (so_far + more > limit if more else so_far >= limit):
                what = "The budget is spent" if so_far >= limit else "The budget has no room for another request"
                return (
                    f"{what}: {form.format(so_far)} of {form.format(limit)} {name} are gone. What was paid for is kept; to "
                    f"go on, raise {self.section}.budget.{name} and start again."
                )
        return ""

    def summary(self) -> dict[str, dict[str, Any]]:
        """What was paid for, by account; `dollars` is None where the price is not known, `estimated` left out where it is 0."""
        summary = {}
        for name, spent in self.spent.items():
            account = asdict(spent) | ({"dollars": None} if name in self._unpriced else {})
            if not spent.estimated:
                del account["estimated"]
            summary[name] = account
        return summary

    def record_charge(self, change: Callable[[], None]) -> None:
        """Books something, and writes it down when the last writing is long enough ago."""
        with self._lock:
            change()
            if time.monotonic() - self._saved > _PAUSE:
                # On a full disk the journal says so and waits; the account is written later.
                with suppress(UserError):
                    self._write()

    def _write(self) -> None:
        self._saved = time.monotonic()
        if self._path:
            record = {"seconds": self.seconds, "spent": {name: asdict(spent) for name, spent in self.spent.items()}}
            write_atomically(self._path, json.dumps(record))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock, suppress(UserError) if error else nullcontext():
            self._write()


class CostLedger:
    """One model's account in a budget. `price` None: tokens are counted, dollars are not known."""

    def __init__(self, budget: Budget, spent: Usage, price: Price | None, *, batched: bool = False) -> None:
        self.budget, self.spent, self.price, self._batched = budget, spent, price, batched

    def charge(self, prompt_tokens: int, response_tokens: int, *, estimated: bool = False) -> None:
        """Books one paid reply."""

        def book() -> None:
            self.spent.calls += 1
            self.spent.estimated += estimated
            self.spent.prompt_tokens += prompt_tokens
            self.spent.response_tokens += response_tokens
            self.spent.dollars += self._dollars(prompt_tokens, response_tokens)

        self.budget.record_charge(book)

    @property
    def exhausted(self) -> str:
        """Which limit is reached and how to raise it, or "" while money is left."""
        return self.budget.exhausted

    def shortage(self, prompt_tokens: int, response_tokens: int) -> str:
        """Why the budget has no room for this many more tokens, or ""."""
        return self.budget.shortage(prompt_tokens + response_tokens, self._dollars(prompt_tokens, response_tokens))

    def _dollars(self, prompt_tokens: int, response_tokens: int) -> float:
        return self.price.dollars(prompt_tokens, response_tokens, batched=self._batched) if self.price else 0.0
