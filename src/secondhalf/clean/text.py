"""A text and what the quality filters share of it: lines, and tokens as numbers with their properties in arrays.

English words repeat, so each distinct chunk between blanks is segmented once a process and its tokens are remembered;
the filters then work on arrays of token numbers. The numbers mean nothing outside this process.
"""

import re
from functools import cached_property
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from secondhalf.clean.english.sentences import sentence_class
from secondhalf.clean.english.words import segment
from secondhalf.clean.punctuation import SYMBOLS
from secondhalf.text.language import is_spaceless

# Chunks remembered at most, about 200 MB: a hostile corpus of ever new words must not fill the memory.
MOST_CHUNKS = 300_000
STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")

_STARTS = re.compile("2[12]*0")


class Vocabulary(dict[str, tuple[int, ...]]):
    """Token numbers by chunk; a chunk that is missing is segmented. The arrays are indexed by token number."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, int] = {}
        self.classes: dict[str, str] = {}
        self.length = np.zeros(4096, np.int32)
        self.word = np.zeros(4096, np.bool_)
        self.letters = np.zeros(4096, np.bool_)
        self.stop = np.zeros(4096, np.uint8)
        self.hash = np.zeros(4096, np.uint64)

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        tokens = segment(chunk)
        numbers = tuple(self.tokens.get(token) or self._add(token) for token in tokens)
        self[chunk] = numbers
        self.classes[chunk] = "".join(str(sentence_class(token)) for token in tokens)
        return numbers

    def _add(self, token: str) -> int:
        number = len(self.tokens) + 1
        if number >= len(self.length):
            for name in ("length", "word", "letters", "stop", "hash"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
        self.tokens[token] = number
        self.length[number] = len(token)
        self.word[number] = any(c not in SYMBOLS for c in token)
        self.letters[number] = any(c.isalpha() for c in token)
        self.stop[number] = 1 << STOP_WORDS.index(token) if token in STOP_WORDS else 0
        self.hash[number] = _scattered(number)
        return number

    def sentences(self, chunks: list[str]) -> int:
        """Number of sentences of a line's chunks: one more than the words that follow an end. 0 for none."""
        if not chunks:
            return 0
        try:
            classes = "".join(map(self.classes.__getitem__, chunks))
        except KeyError:
            classes = "".join(self.classes[chunk] for chunk in chunks if self[chunk])
        return 1 + len(_STARTS.findall(classes))


_vocabulary = Vocabulary()


class Text:
    """One document's text. `id` is the document's."""

    def __init__(self, id: str, text: str) -> None:
        global _vocabulary  # noqa: PLW0603
        if len(_vocabulary) > MOST_CHUNKS:
            _vocabulary = Vocabulary()
        self.id = id
        self.text = text
        self.vocabulary = _vocabulary

    @cached_property
    def spaceless(self) -> bool:
        """True for Japanese and Chinese: rules that count words don't apply."""
        return is_spaceless(self.text)

    @cached_property
    def tokens(self) -> NDArray[np.int32]:
        """Shape (words,): the number of each token, punctuation included."""
        chunks = map(self.vocabulary.__getitem__, self.text.split())
        return np.fromiter(chain.from_iterable(chunks), np.int32)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """Shape (words,): the characters of each token."""
        return self.of("length")

    def of(self, column: str) -> NDArray[Any]:
        """Shape (words,): a column of the vocabulary, such as `letters`, for each token."""
        tokens = self.tokens  # before the column is looked up: reading tokens may make the columns longer
        values: NDArray[Any] = getattr(self.vocabulary, column)[tokens]
        return values


def _scattered(number: int) -> int:
    """SplitMix64's finaliser: neighbouring numbers get unrelated 64-bit hashes."""
    mask = (1 << 64) - 1
    x = (number * 0x9E3779B97F4A7C15) & mask
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
    return x ^ (x >> 31)
