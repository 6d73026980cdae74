"""Runs of capitalised words in Latin letters, cut into words with what the lists say of each; no judgement on which are names."""

import re
from functools import cache
from typing import Literal, NamedTuple

from secondhalf.clean.lists import word_lists

Kind = Literal[
    "title", "initial", "given", "given or word", "given or place", "surname", "surname or word", "surname first",
    "common", "thing", "other",
]  # fmt: skip

_CAPITAL, _LETTER = "A-ZÀ-ÖØ-Þ", "A-Za-zÀ-ÖØ-öø-ɏḀ-ỿ"
_NAME = rf"(?:(?:al|el)-)?[{_CAPITAL}][{_LETTER}]*+(?:['’-][{_LETTER}]++)*+"
_INITIALS = rf"[{_CAPITAL}]\.(?:-?[{_CAPITAL}]\.)*+"
_TITLE = r"(?:Mrs?|Ms|Drs?|Prof|Sgt|Capt|Lt|Col|Gen|Sen|Rep|Gov|Rev|Hon|St|Fr)\."
_ITEM = rf"(?:{_TITLE}|{_INITIALS}|{_NAME})"
# Small words inside names, at most three: van der, de la.
_SMALL = r"(?:(?:van|von|der|den|de|del|della|di|da|dos|du|la|le|ter|ten|af|av|al|el|bin|bint|ibn|zu)[ \xa0]){0,3}+"
# Between two words of a run stands one blank and small words, or nothing where the first ends in a full stop.
_RUN = re.compile(rf"(?<![{_LETTER}'’.@/_#\d-]){_ITEM}(?:(?:[ \xa0]{_SMALL}|(?<=\.)){_ITEM})*+")
_ITEMS = re.compile(_ITEM)
# How surnames of the north and the east of Europe end.
_ENDINGS = (
    "sson", "ssen", "ovic", "ović", "enko", "escu", "owski", "owska", "evsky", "ovsky", "oglu", "poulos", "shvili", "mann",
    "stein", "berg", "quist", "gren",
)  # fmt: skip
# The sections of the list by what a word in them is; where it stands in two, the later one decides.
_SECTIONS = {
    "surnames": "surname",
    "surnames first": "surname first",
    "common": "common",
    "things": "thing",
    "surnames or words": "surname or word",
    "given or place": "given or place",
    "given or word": "given or word",
    "given": "given",
    "titles": "title",
}
_ACRONYM = 4
"""Letters of an unknown word in capitals that is taken for an acronym."""
# Letters with full stops that are no initials of a name.
_NO_INITIALS = {"u.s", "u.k", "u.n", "e.u", "p.s", "n.b", "d.c", "l.a", "n.y", "a.m", "p.m", "b.c", "a.d", "i.e", "e.g"}


class Word(NamedTuple):
    """One capitalised word of a run; offsets in characters."""

    start: int
    end: int
    low: str
    """In small letters, without the full stop and the possessive's 's."""
    kind: str
    """One of Kind."""
    owns: bool
    """A possessive: no part of the span, and the name ends here."""


def capitalised_runs(text: str) -> list[list[Word]]:
    """Every run of capitalised words in a line, as words."""
    return [[_word(text, *item.span()) for item in _ITEMS.finditer(text, *run.span())] for run in _RUN.finditer(text)]


@cache
def names_list(section: str) -> frozenset[str]:
    """The words of one section of clean/lists/people.txt."""
    return frozenset(word_lists("people")[section])


@cache
def _kinds() -> dict[str, str]:
    return {word: kind for section, kind in _SECTIONS.items() for word in names_list(section)}


def _word(text: str, start: int, end: int) -> Word:
    owns = text.endswith(("'s", "’s"), start, end)
    end -= 2 * owns
    written = text[start:end]
    low = written.lower().rstrip(".")
    listed = "" if written.endswith(".") and len(low) == 1 else _kinds().get(low, "")
    return Word(start, end, low, listed or _kind_by_shape(written, low), owns)


def _kind_by_shape(written: str, low: str) -> str:
    if written.endswith(".") or len(low) == 1:
        return "common" if low in _NO_INITIALS else "initial"
    if len(low) <= _ACRONYM and written.isupper():
        return "common"
    parts = {_kinds().get(part) for part in low.split("-")} if "-" in low else set()
    if "given" in parts:
        return "given"
    shaped = low.startswith(("mc", "o'", "o’", "al-", "el-")) or low.endswith(_ENDINGS)
    return "surname" if shaped or "surname" in parts else "other"
