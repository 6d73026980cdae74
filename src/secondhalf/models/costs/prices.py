"""What a model costs: the packaged list, with the user's own file laid over it. Knows no exchange rates."""

import datetime
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from secondhalf.errors import UserError
from secondhalf.models.server.settings import ServerSettings
from secondhalf.settings import Settings
from secondhalf.text.yaml_text import load_yaml, read_small_file

_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$")  # a provider's dated name of a model: gpt-4o-mini-2024-07-18


class Price(Settings):
    """One entry of a price file, in US dollars a million tokens."""

    model: str
    """The model's name as its server knows it."""

    prompt: float = Field(ge=0)
    """A million tokens read."""

    response: float = Field(ge=0)
    """A million tokens written, thinking included."""

    batch: float = Field(1.0, ge=0, le=1)
    """The share of the price that the batch API asks; 1: no discount."""

    date: datetime.date | None = None
    """When the price was looked up."""

    source: str = ""
    """Where it was looked up."""

    def dollars(self, prompt_tokens: int, response_tokens: int, *, batched: bool = False) -> float:
        """What these tokens cost."""
        return (prompt_tokens * self.prompt + response_tokens * self.response) / 1e6 * (self.batch if batched else 1.0)


FREE = Price(model="", prompt=0, response=0)  # a model on this machine: its price is the machine's hour


def find_price(model: str, path: str = "") -> Price | None:
    """The price of a model by its name, else by its name without a date; None when no file knows it.

    Raises UserError naming the entry of the user's file at `path` that is no price, or a model that is priced twice.
    """
    own = _read(read_small_file(Path(path), "correct prices, or leave it empty"), path) if _is_given(path) else []
    prices = {entry.model: entry for entry in [*_packaged(), *own]}
    return prices.get(model) or prices.get(_DATED.sub("", model))


def price_of(model: str, server: ServerSettings, path: str = "") -> Price | None:
    """What an asked model's tokens cost: None when a server's price is not known; nothing for a model on this machine."""
    return find_price(model, path) or (None if server.served else FREE)


@cache
def _packaged() -> list[Price]:
    return _read(files(__package__).joinpath("prices.yaml").read_text("utf-8"), "prices.yaml")


def _is_given(path: str) -> bool:
    if path and not Path(path).is_file():
        raise UserError(f"prices: there is no price file at {path}: correct the path, or leave it empty.")
    return bool(path)


def _read(text: str, path: str) -> list[Price]:
    raw = load_yaml(text, path, dates=True)
    try:
        prices = TypeAdapter(list[Price]).validate_python(raw)
    except ValidationError as error:
        fault = error.errors()[0]
        entry, *field = fault["loc"] or ("the file",)
        position = f"entry {entry + 1}" if isinstance(entry, int) else str(entry)[:60]
        raise UserError(
            f"{path}, {position}{''.join(f', {part}' for part in field)}: {fault['msg']}. A price file is a list of "
            "{model: NAME, prompt: DOLLARS, response: DOLLARS}, for a million tokens."
        ) from error
    twice = [model for model, times in Counter(price.model for price in prices).items() if times > 1]
    if twice or not prices:
        raise UserError(
            f"{path} " + (f"prices {twice[0]} twice: keep one entry." if twice else "holds no prices: write one.")
        )
    return prices
