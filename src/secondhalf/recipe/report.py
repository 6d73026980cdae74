"""The page: its language, and what a pair would cost if a person wrote it."""

from typing import Literal

from pydantic import Field

from secondhalf.settings import Settings


class LimitSettings(Settings):
    """What the page marks as too much. A limit is passed when the whole 95 % interval lies beyond it."""

    gap: float = Field(0.3, ge=0)
    """How much further the loss of pairs trained on may have fallen than that of held-out ones, in nats a token."""

    leak: float = Field(0.05, ge=0, le=1)
    """How much more often than on held-out prompts an answer may repeat a long passage; a share of prompts."""

    forgetting: float = Field(0.1, ge=0)
    """How much the loss on plain text may have risen, in nats a token."""


class ReportSettings(Settings):
    """The report."""

    language: Literal["en", "ja"] = "en"
    """The language of the page."""

    title: str = ""
    """The page's title. Empty: the run's name."""

    note: str = ""
    """A sentence under the title, such as what the run is too small to show."""

    human_price: float = Field(5.0, ge=0)
    """What one pair costs when a person writes it, in `currency`: your own figure; ours is a placeholder."""

    hourly_price: float | None = Field(None, ge=0)
    """What an hour of this machine costs, in `currency`. Empty: unknown, and so is the cost of a pair."""

    currency: str = "USD"
    """The currency of the prices."""

    dollar: float | None = Field(None, gt=0)
    """What one US dollar costs in `currency`: models are priced in dollars. Not needed when the currency is USD."""

    samples: int = Field(12, ge=0)
    """How many prompts' answers are shown side by side."""

    limits: LimitSettings = LimitSettings()
    """Limits on overfitting, leaks and forgetting."""

    def from_dollars(self, dollars: float) -> float | None:
        """An amount of US dollars in `currency`; None when the rate is not known, unless it is nothing."""
        rate = 1.0 if self.currency == "USD" else self.dollar
        return dollars * rate if rate else None if dollars else 0.0

    @property
    def hour_in_dollars(self) -> float:
        """An hour of this machine in US dollars; 0 when it is not known."""
        one = self.from_dollars(1.0)
        return self.hourly_price / one if self.hourly_price and one else 0.0
