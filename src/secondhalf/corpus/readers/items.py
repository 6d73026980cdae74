"""What readers are given and what they yield: a shard in; texts and refusals out.

A reader is a function of a shard and the settings. It knows nothing of samples, and no row may stop it.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

EXCERPT = 200  # characters of a refused row that are kept to show it

Mapped = TypeVar("Mapped")
"""What a row is mapped to."""


@dataclass(slots=True)
class Shard:
    """One file of a corpus (or one shard of a hub's data set)."""

    name: str
    """Below the corpus' root, so that it does not depend on where the corpus lies."""
    path: str
    """A local path or an fsspec URL."""
    size: int = 0
    """Bytes; 0 when unknown, -1 for what is no regular file."""
    bytes_read: int = 0
    """Of `size`, for the progress."""

    @property
    def location(self) -> str:
        """The path as it may be printed: a hostile name's line breaks and lone bytes as escapes."""
        return printable(self.path)


class ReadText(NamedTuple):
    """A text as read, its location (PATH:NUMBER, as it may be printed), and what its row gives; empty where it gives nothing."""

    text: str
    location: str
    url: str = ""
    source: str = ""
    language: str = ""
    licence: str = ""
    encoding: str = ""
    """What its bytes were in, as Python names it; empty where the form says that itself."""


class Refused(NamedTuple):
    """A row that could not be read. What varies in the reason stands after a colon."""

    location: str
    reason: str
    excerpt: str = ""


class BrokenFileError(Exception):
    """The rest of a shard cannot be read; the sentence is the reason."""


def printable(text: str) -> str:
    """`text` with control characters, bidirectional overrides and lone surrogates as escapes."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
        for c in text
    )


def excerpt(data: bytes) -> str:
    """The beginning of raw bytes as printable text, of at most EXCERPT characters."""
    return printable(data[:EXCERPT].decode("utf-8", "backslashreplace"))[:EXCERPT]
