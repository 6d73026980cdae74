"""The words of an English text as the Penn Treebank cuts them, sentence by sentence."""

import re

from secondhalf.evaluate.ifeval.sentences import split_sentences

# Where NLTK 3.9.1's form of the Treebank's tokenizer cuts: at these signs, at a sentence's last stop, in contractions.
# It is the scorers' version; later ones cut at dashes too.
_SIGNS = re.compile(r"``?|[«»“”‘’„\"*;@#$%&?!()\[\]{}<>]|--|\.\.+|''|[:,](?!\d)")
_LAST_STOP = re.compile(r"(?<=[^.])\.(?=[])}>\"'»”’ ]*+\s*+\Z)")
_OPENING = re.compile(r"'(?!re|ve|ll|m|t|s|d|n)(?=\w\b)", re.IGNORECASE)
_CLOSING = re.compile(r"(?<=[^'])'(?= )")
_CUTS = (
    re.compile(r"(?<=[^' ])('[sS]|'[mM]|'[dD]|')(?= )"),
    re.compile(r"(?<=[^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)(?= )"),
    re.compile(
        r"\b(?:(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?=\s))\b", re.IGNORECASE
    ),
    re.compile(r"(?<= )('t)(is|was)\b", re.IGNORECASE),
)


def tokenize(text: str) -> list[str]:
    """The words and signs in order; double quotes stay as they are written."""
    return [token for sentence in split_sentences(text) for token in _tokens(sentence)]


def _tokens(sentence: str) -> list[str]:
    apart = _SIGNS.sub(r" \g<0> ", _OPENING.sub("' ", _LAST_STOP.sub(" . ", sentence)))
    spaced = " ".join(["", *_CLOSING.sub(" ' ", apart).split(), ""])
    for cut in _CUTS:
        spaced = cut.sub(lambda match: f" {' '.join(filter(None, match.groups()))} ", spaced)
    return spaced.split()
