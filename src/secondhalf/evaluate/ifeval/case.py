"""Capital and small letters in English."""

import re

from secondhalf.evaluate.ifeval.language import detected
from secondhalf.evaluate.ifeval.relation import holds

# Where the Penn Treebank's tokenizer, as NLTK has it, cuts a word into two that may both be written in capitals. Signs at
# the edge of a word (the final stop too) need no cut: they change nothing about whether it is in capitals.
_SIGNS = re.compile(r"[«»“”‘’„`\"*;@#$%&?!()\[\]{}<>\u2012-\u2015]|--|\.\.+|''|[:,](?!\d)")
_OPENING = re.compile(r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", re.IGNORECASE)
_SHORT_ENDINGS = re.compile(r"(?<=[^' ])('[sS]|'[mM]|'[dD])(?= )")
_LONG_ENDINGS = re.compile(r"(?<=[^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)(?= )")
_JOINED = re.compile(r"\b(can)(not)\b|\b(d)('ye)\b|\b(gim)(me)\b|\b(gon)(na)\b|\b(got)(ta)\b|\b(lem)(me)\b|\b(more)('n)\b"
                     r"|\b(wan)(na)(?=\s)|(?<= )('t)(is|was)\b", re.IGNORECASE)  # fmt: skip


def english_capital(response: str) -> bool:
    """All letters are capital, and the language is detected as English (or not at all)."""
    return response.isupper() and detected(response) in {"en", None}


def english_lowercase(response: str) -> bool:
    """All letters are small, and the language is detected as English (or not at all)."""
    return response.islower() and detected(response) in {"en", None}


def capital_word_frequency(response: str, *, capital_frequency: int, capital_relation: str) -> bool:
    """How many words are in capitals: I, NASA and the two halves of DON'T count, Roman numerals too."""
    return holds(sum(word.isupper() for word in words(response)), capital_relation, capital_frequency)


def words(text: str) -> list[str]:
    """The words as the Penn Treebank cuts them, without most of their signs: only for counting those in capitals."""
    apart = _OPENING.sub(" ", _SIGNS.sub(" ", text))
    spaced = f" {' '.join(apart.split())} "
    for endings in (_SHORT_ENDINGS, _LONG_ENDINGS):
        spaced = endings.sub(r" \1", spaced)
    return _JOINED.sub(lambda found: " ".join(filter(None, found.groups())), spaced).split()
