"""What whoever asks a model needs of a journal, wherever it lies."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from secondhalf.models.request import Reply, Request


class ReplyClaims(Protocol):
    """What one asking has reserved, so that nobody else pays for it."""

    def acquire(self, keys: Sequence[str]) -> set[str]:
        """The keys among these that are ours now; the others are being asked by someone who lives."""

    def release(self, keys: Iterable[str]) -> None:
        """Gives keys back that were refused; those that were answered went with their reply."""


class ReplyJournal(Protocol):
    """Every reply that was paid for, by its key."""

    path: Path
    """The journal's file; of one in PostgreSQL, where it would stand. What else a store keeps of models lies beside it."""

    def find(self, keys: Sequence[str]) -> dict[str, Reply]:
        """The stored replies among `keys`."""

    def store(self, model: str, replies: Iterable[tuple[Request, Reply]]) -> None:
        """Writes the replies in one transaction; a reply counts when this returns. Their claims end."""

    def claims(self) -> AbstractContextManager[ReplyClaims]:
        """The claims of one asking, all given back at its end."""

    def close(self) -> None:
        """Ends the connection; what was written stays."""
