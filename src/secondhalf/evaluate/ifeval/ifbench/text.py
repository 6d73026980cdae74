"""What several instructions need of a text: its words without signs, and its sentences by the scorer's rules."""

import re
import string

from secondhalf.text.normal_form import normal_form

# A stop that ends nothing, and an end that needs no stop, while the rules are applied.
_KEPT, _END = "\ue000", "\ue001"
_STARTS = r"(?:Mr|Mrs|Ms|Dr|Prof|Capt|Cpt|Lt|He\s|She\s|It\s|They\s|Their\s|Our\s|We\s|But\s|However\s|That\s|This\s|Wherever)"
_COMPANY = r"(?:Inc|Ltd|Jr|Sr|Co)"
# In this order: where a stop is part of a word, and where it is that and the end too. An earlier rule wins.
_PARTS = [
    r"(?:Mr|St|Mrs|Ms|Dr)\.",
    r"\.(?:com|net|org|io|gov|edu|me)",
    r"[0-9]\.[0-9]",
]
_INITIAL = re.compile(r"\s([A-Za-z])\. ")
_ACRONYM_ENDS = re.compile(rf"([A-Z]\.[A-Z]\.(?:[A-Z]\.)?) ({_STARTS})")
_ACRONYMS = [r"[A-Za-z]\.[A-Za-z]\.[A-Za-z]\.", r"[A-Za-z]\.[A-Za-z]\."]
_COMPANY_ENDS = re.compile(rf" ({_COMPANY})\. ({_STARTS})")
_LATE_PARTS = [rf" {_COMPANY}\.", r" [A-Za-z]\."]
_QUOTED = ((".”", "”."), ('."', '".'), ('!"', '"!'), ('?"', '"?'))
_SIGNS = str.maketrans("", "", string.punctuation)


def split_sentences(text: str) -> list[str]:
    """Sentences by . ? and ! except in the usual abbreviations; a stop within closing quotes comes out behind them."""
    text = f" {text}  ".replace("\n", " ")
    text = _kept(text, _PARTS)
    text = re.sub(r"\.{2,}", lambda dots: _KEPT * len(dots[0]) + _END, text).replace("Ph.D.", f"Ph{_KEPT}D{_KEPT}")
    text = _INITIAL.sub(rf" \1{_KEPT} ", text)
    text = _kept(_ACRONYM_ENDS.sub(rf"\1{_END} \2", text), _ACRONYMS)
    text = _kept(_COMPANY_ENDS.sub(rf" \1{_END} \2", text), _LATE_PARTS)
    for inside, behind in _QUOTED:
        text = text.replace(inside, behind)
    parts = re.sub(r"[.?!]", lambda stop: stop[0] + _END, text).replace(_KEPT, ".").split(_END)
    stripped = [sentence.strip() for sentence in parts]
    return stripped if stripped[-1] else stripped[:-1]


def strip_signs(word: str) -> str:
    """A word without signs and blanks around it."""
    return word.strip(string.punctuation + " ")


def remove_signs(text: str) -> str:
    """A text without ASCII punctuation."""
    return text.translate(_SIGNS)


def ascii_only(text: str) -> str:
    """A text without accents and without what ASCII cannot hold."""
    return normal_form("NFKD", text).encode("ascii", "ignore").decode("ascii")


def _kept(text: str, parts: list[str]) -> str:
    for part in parts:
        text = re.sub(part, lambda match: match[0].replace(".", _KEPT), text)
    return text
