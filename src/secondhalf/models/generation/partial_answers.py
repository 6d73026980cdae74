"""The tokens of answers that are under way, kept in their stage, so that a process that was killed goes on where it stopped.

    store/answers/KEY/partial-N.parquet   index of the answer, its tokens so far; removed when part N is whole

An answer goes on behind its tokens with its own generator, moved on by as many draws. The tokens before are read at once and not
one by one, so a number may round otherwise: an answer that was stopped is drawn as any other is, and need not be, to the
last bit of its likelihoods, the one that would have come without the stop.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.store import Stage

_EVERY = 10.0  # seconds between two writes, which a kill takes at most
_TIMES = 100  # as long as a write took: on a slow disk a kill takes more, and writing never more than 1 % of the time
_QUICK = 2.0  # seconds within which answers are not worth a file
_SCHEMA = pa.schema([("index", pa.int64()), ("tokens", pa.list_(pa.int32()))])

Tokens = Mapping[int, list[int]]
"""The tokens of answers so far, by their place among the prompts."""


class KeptTokens(Protocol):
    """Where the tokens of one model's answers are kept as they come."""

    def read(self) -> Tokens:
        """What was kept."""

    def write(self, tokens: Tokens) -> None:
        """Keeps the tokens in the place of those before."""


class PartialAnswers:
    """Of one part of one stage."""

    def __init__(self, stage: Stage, kind: str, part: int) -> None:
        self._stage, self._kind, self._part = stage, kind, part

    def read(self) -> dict[int, list[int]]:
        """What was kept; nothing where that is none, or damaged."""
        if not self._stage.has(self._kind, self._part):
            return {}
        try:
            table = self._stage.read_part(self._kind, self._part)
        except UserError:
            return {}
        return dict(zip(table["index"].to_pylist(), table["tokens"].to_pylist(), strict=True))

    def write(self, tokens: Tokens) -> None:
        """Keeps the tokens in the place of those before. Raises UserError where nothing can be written."""
        columns = [list(tokens), list(tokens.values())]
        self._stage.write(self._kind, self._part, pa.table(dict(zip(_SCHEMA.names, columns, strict=True)), _SCHEMA))

    def remove(self) -> None:
        """Nothing is under way any more."""
        self._stage.remove_part(self._kind, self._part)


def remove_all(kept: Iterable[PartialAnswers]) -> None:
    """When the part is whole in every stage: before, a stage that has it may be asked again for the sake of another."""
    for one in kept:
        one.remove()


class Keeper:
    """Keeps the answers of several requests now and then. `tokens` tells those of each request."""

    def __init__(self, kept: Sequence[KeptTokens], tokens: Callable[[int], Tokens]) -> None:
        self._kept, self._tokens = kept, tokens
        self._start = self._last = time.monotonic()
        self._took = 0.0

    def look(self) -> None:
        """Keeps them where it is time to."""
        if time.monotonic() - self._last >= max(_EVERY, _TIMES * self._took):
            self.keep()

    def end(self) -> None:
        """Keeps them where they took so long that they would be missed."""
        if time.monotonic() - self._start >= _QUICK:
            self.keep()

    def keep(self) -> None:
        """Keeps them."""
        start = time.monotonic()
        for number, kept in enumerate(self._kept):
            if tokens := self._tokens(number):
                kept.write(tokens)
        self._last = time.monotonic()
        self._took = self._last - start
