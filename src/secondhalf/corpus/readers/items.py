"""What readers are given and what they yield: a shard in; texts and refusals out.

A reader is a function of a shard and the settings. It knows nothing of samples, and no row may stop it.
"""

import unicodedata
from dataclasses import dataclass
from typing import NamedTuple

EXCERPT = 200  # characters of a refused row that are kept to show it


@dataclass(slots=True)
class Shard:
    """One file of a corpus (or one shard of a hub's data set)."""

    name: str
    """Below the corpus' root, so that it does not depend on where the corpus lies."""
    path: str
    """A local path or an fsspec URL."""
    size: int = 0
    """Bytes; 0 when unknown, -1 for what is no regular file."""
    done: int = 0
    """Bytes of it read so far, for the progress."""

    @property
    def place(self) -> str:
        """The path as it may be printed: a hostile name's line breaks and lone bytes as escapes."""
        return printable(self.path)


class Read(NamedTuple):
    """A text as read, where it stood, and what its row says of it; empty where it says nothing."""

    text: str
    place: str
    url: str = ""
    source: str = ""
    language: str = ""
    licence: str = ""


class Refused(NamedTuple):
    """A row that could not be read. What varies in the reason stands after a colon."""

    place: str
    reason: str
    excerpt: str = ""


class Broken(Exception):
    """The rest of a shard cannot be read; the sentence is the reason."""


def printable(text: str) -> str:
    """`text` with control characters, bidirectional overrides and lone surrogates as escapes."""
    return "".join(
        c.encode("unicode_escape").decode() if unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} else c
        for c in text
    )


def excerpt(data: bytes) -> str:
    """The beginning of raw bytes as printable text."""
    return printable(data[:EXCERPT].decode("utf-8", "backslashreplace"))[:EXCERPT]
