"""Does an answer keep a pair's constraint? The everyday checks where they decide it, and those below for the rest."""

import inspect
import re
from collections.abc import Callable

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks.fold import fold, normalise
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.minimal_pairs.pairs import MinimalPair

_COMMAS = re.compile(r",\s*(?:and\s)?|\sand\s|、|\n")
_KANJI = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_NUMBER_WORDS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand)\b|[一二三四五六七八九十百千]"
)
_PRONOUNS = {
    "woman": {"she", "her", "hers", "herself"},
    "man": {"he", "him", "his", "himself"},
    "third": {"she", "her", "hers", "herself", "he", "him", "his", "himself", "they", "them", "their", "themselves"},
    "first": {"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"},
}
_FUTURE = re.compile(r"\b(?:will|shall|going to)\b|'ll\b|[\u3041-\u309f](?<!た)(?<!たです)$")
_POLITE = re.compile("(?:です|ます|ました|ません|でした|ください|でしょう|ましょう)[かねよ]*$")


def series(text: str, *, parts: int) -> bool:
    """So many things in a series with commas, the last one after "and" or not; or in lines."""
    return sum(bool(part.strip(" .。")) for part in _COMMAS.split(text.strip())) == parts


def order(text: str, *, texts: list[str]) -> bool:
    """Each of the texts occurs, the first time in this order."""
    places = [fold(text).find(fold(wanted)) for wanted in texts]
    return -1 not in places and places == sorted(places)


def place(text: str, *, item: str, others: list[str], last: bool) -> bool:
    """The item occurs before all the others, or after them."""
    at, *rest = (fold(text).find(fold(wanted)) for wanted in (item, *others))
    return -1 not in (at, *rest) and at == (max if last else min)(at, *rest)


def marks(text: str, *, any: list[str], used: bool) -> bool:
    """At least one of the marks occurs, or none. Width and the kind of quotation mark make no difference."""
    return used == bool({fold(mark) for mark in any} & set(fold(text)))


def kanji(text: str, *, used: bool) -> bool:
    """Some kanji, or none."""
    return used == bool(_KANJI.search(text))


def numerals(text: str, *, digits: bool) -> bool:
    """Numbers in digits alone, or in words (Japanese: kanji) alone; a text without numbers is neither."""
    has_digits, has_words = bool(re.search("[0-9]", normalise(text))), bool(_NUMBER_WORDS.search(fold(text)))
    return has_digits != has_words and digits == has_digits


def person(text: str, *, person: str) -> bool:
    """Pronouns of this person (woman, man, first or third) and no other personal pronoun. English only."""
    present = set(re.findall("[a-z]+", fold(text))) & set().union(*_PRONOUNS.values())
    return bool(present) and present <= _PRONOUNS[person]


def tense(text: str, *, future: bool) -> bool:
    """English: "will" or its like, or none. Japanese: no sentence ends in た (or たです), or each does."""
    return all(future == bool(_FUTURE.search(sentence)) for sentence in _sentences(text))


def politeness(text: str, *, polite: bool) -> bool:
    """Japanese: every sentence ends in です, ます or a form of theirs, or none does."""
    return all(polite == bool(_POLITE.search(sentence)) for sentence in _sentences(text))


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[。！？\n]|[.!?](?=\s|$)", fold(text)) if part.strip()]


CHECKS: dict[str, Callable[..., bool]] = {
    check.__name__: check for check in (series, order, place, marks, kanji, numerals, person, tense, politeness)
}


def keeps(pair: MinimalPair, answer: str) -> bool:
    """True when the answer keeps the constraint; a check with "negated" is turned over.

    Raises UserError for an unknown kind of check or wrong arguments.
    """
    args = {name: value for name, value in pair.check.items() if name not in ("kind", "negated")}
    kind = str(pair.check.get("kind"))
    check = CHECKS.get(kind) or KINDS.get(kind)
    if check is None:
        known = ", ".join(sorted({*CHECKS, *KINDS}))
        raise UserError(f"{pair.id}: the check kind {kind!r} is unknown; write one of {known}.")
    try:
        inspect.signature(check).bind(answer, **args)
    except TypeError as error:
        raise UserError(f"{pair.id}: {kind}: {error}; see the arguments of the check.") from error
    finding = check(answer, **args)
    passed = finding if isinstance(finding, bool) else finding[0]
    return passed != bool(pair.check.get("negated"))
