"""A text and what the quality filters share of it: its tokens as numbers, with their properties in arrays.

English words repeat, so each distinct chunk between blanks is segmented once a process and its tokens are remembered;
the filters then work on arrays of token numbers. The numbers mean nothing outside this process.
"""

import re
from functools import cached_property
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from secondhalf.clean.english.sentences import sentence_class
from secondhalf.clean.english.words import segment
from secondhalf.clean.punctuation import SYMBOLS
from secondhalf.text.language import is_spaceless

# Chunks remembered at most, about 200 MB: a hostile corpus of ever new words must not fill the memory.
MAX_CHUNKS = 300_000
STOP_WORDS = ("the", "be", "to", "of", "and", "that", "have", "with")

# In a text's sentence classes: a run that holds an end, entered at its beginning, and the ordinary token that begins the
# next sentence.
_SENTENCE_STARTS = re.compile("(?<![12])1*2[12]*+0")


class Vocabulary(dict[str, tuple[int, ...]]):
    """Token numbers by chunk; a chunk that is missing is segmented. The arrays are indexed by token number."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[str, int] = {}
        self.classes: dict[str, str] = {}
        """By chunk: the `sentence_class` of each of its tokens, a digit each."""
        self.lengths = np.zeros(4096, np.int32)
        self.is_word = np.zeros(4096, np.bool_)
        self.has_letters = np.zeros(4096, np.bool_)
        self.stop_word_bits = np.zeros(4096, np.uint8)
        self.hashes = np.zeros(4096, np.uint64)

    def __missing__(self, chunk: str) -> tuple[int, ...]:
        tokens = segment(chunk)
        numbers = tuple(self.tokens.get(token) or self._add(token) for token in tokens)
        self[chunk] = numbers
        self.classes[chunk] = "".join(str(sentence_class(token)) for token in tokens)
        return numbers

    def _add(self, token: str) -> int:
        number = len(self.tokens) + 1
        if number >= len(self.lengths):
            for name in ("lengths", "is_word", "has_letters", "stop_word_bits", "hashes"):
                old = getattr(self, name)
                setattr(self, name, np.concatenate([old, np.zeros_like(old)]))
        self.tokens[token] = number
        self.lengths[number] = len(token)
        self.is_word[number] = any(c not in SYMBOLS for c in token)
        self.has_letters[number] = any(c.isalpha() for c in token)
        self.stop_word_bits[number] = 1 << STOP_WORDS.index(token) if token in STOP_WORDS else 0
        self.hashes[number] = _scattered(number)
        return number

    def count_sentences(self, chunks: list[str]) -> int:
        """Number of sentences of a line's chunks, 0 for none.

        A sentence begins at the first token, whatever it is, and at the first ordinary token after an end.
        """
        if not chunks:
            return 0
        try:
            classes = "".join(map(self.classes.__getitem__, chunks))
        except KeyError:
            classes = "".join(self.classes[chunk] for chunk in chunks if self[chunk])
        return 1 + len(_SENTENCE_STARTS.findall(classes))


_vocabulary = Vocabulary()


class TokenizedText:
    """One document's text. `id` is the document's. The arrays have one entry a token, punctuation included: shape (tokens,)."""

    def __init__(self, id: str, text: str) -> None:
        global _vocabulary  # noqa: PLW0603
        if len(_vocabulary) > MAX_CHUNKS:
            _vocabulary = Vocabulary()
        self.id = id
        self.text = text
        self.vocabulary = _vocabulary

    @cached_property
    def spaceless(self) -> bool:
        """True for Japanese and Chinese: rules that count words don't apply."""
        return is_spaceless(self.text)

    # Below, tokens come first: reading them may make the vocabulary's arrays longer.

    @cached_property
    def tokens(self) -> NDArray[np.int32]:
        """The number of each token."""
        chunks = map(self.vocabulary.__getitem__, self.text.split())
        return np.fromiter(chain.from_iterable(chunks), np.int32)

    @cached_property
    def lengths(self) -> NDArray[np.int32]:
        """The characters of each token."""
        tokens = self.tokens
        return self.vocabulary.lengths[tokens]

    @property
    def is_word(self) -> NDArray[np.bool_]:
        """Whether each token is more than symbols."""
        tokens = self.tokens
        return self.vocabulary.is_word[tokens]

    @property
    def has_letters(self) -> NDArray[np.bool_]:
        """Whether each token holds a letter."""
        tokens = self.tokens
        return self.vocabulary.has_letters[tokens]

    @property
    def stop_word_bits(self) -> NDArray[np.uint8]:
        """One bit for each of STOP_WORDS; 0 for any other token."""
        tokens = self.tokens
        return self.vocabulary.stop_word_bits[tokens]

    @property
    def hashes(self) -> NDArray[np.uint64]:
        """The 64-bit hash of each token; different tokens have different ones."""
        tokens = self.tokens
        return self.vocabulary.hashes[tokens]


def _scattered(number: int) -> int:
    """SplitMix64's finaliser (Steele, Lea, Flood 2014): neighbouring numbers get unrelated 64-bit hashes."""
    mask = (1 << 64) - 1
    x = (number * 0x9E3779B97F4A7C15) & mask
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & mask
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & mask
    return x ^ (x >> 31)
