"""The page: its language, and what a pair would cost if a person wrote it."""

from typing import Literal

from pydantic import Field

from secondhalf.settings import Settings


class ReportSettings(Settings):
    """The report."""

    language: Literal["en", "ja"] = "en"
    """The language of the page."""

    title: str = ""
    """The page's title. Empty: the run's name."""

    human_price: float = Field(5.0, ge=0)
    """What one pair costs when a person writes it, in `currency`: your own figure; ours is a placeholder."""

    hourly_price: float | None = Field(None, ge=0)
    """What an hour of this machine costs, in `currency`. Empty: unknown, and so is the cost of a pair."""

    currency: str = "USD"
    """The currency of the prices."""

    samples: int = Field(12, ge=0)
    """How many prompts' answers are shown side by side."""
