"""What a search looks for: written as searches/NAME/search.json, so that a search that goes on is the one that was begun."""

from typing import Annotated, Literal

from pydantic import Field

from secondhalf.settings import Decides, Settings


class SearchSettings(Settings):
    """A search over a recipe's fields. How long it goes on, and how its winner is confirmed, may change while it lasts."""

    recipe: Annotated[str, Decides(False)]
    """The recipe's file."""

    overrides: list[str] = []
    """FIELD=VALUE laid over it in every trial."""

    start: str
    """The hash of the recipe as it stands, `overrides` included: a search does not go on over another recipe."""

    over: list[str]
    """The axes, as `search/axes.py` reads them."""

    arm: str
    """The arm that is trained and evaluated in every trial."""

    figures: list[str] = Field(min_length=1, max_length=2)
    """One figure, or two for a trade-off. The first decides the winner and is compared prompt by prompt."""

    limits: list[str] = []
    """What a winner must keep, as `search/limits.py` reads it."""

    trials: Annotated[int, Decides(False)] = Field(0, ge=0)
    """How many settings are tried, each chosen by what came of those before; 0: every combination of the values."""

    adaptive: bool
    """Whether settings are chosen by what came of those before."""

    seed: int = 1
    """Seed of the choice of settings."""

    prune: Literal["none", "limits", "all"] = "limits"
    """limits: a trial that cannot keep a limit on a probe any more is not evaluated. all: nor one whose held-out loss, under its
    first training seed, is above the median of the trials before it with the same held-out pairs. none: all are evaluated."""

    confirm_seeds: Annotated[int, Decides(False)] = Field(3, ge=0)
    """Under how many fresh training seeds the winner is confirmed on the locked prompts. 0: it is not."""
