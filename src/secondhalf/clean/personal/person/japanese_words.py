"""What the lists say of Japanese words: surname, given name, form of address, role, or nothing that a name could be."""

from functools import cache, lru_cache

from secondhalf.clean.lists import word_lists

_LONGEST_SURNAME = 4
# Signs with which words for people and groups end; a name that is in no list does not.
_NO_NAME_ENDINGS = (
    "者員屋手師士客主長生人官婦方家店社会部課組隊署所院庁省達共類業様校園学県市区町国年月日号回間中的性化力仕多模異同"
)


@cache
def japanese(section: str) -> frozenset[str]:
    """The words of one section of clean/lists/people_ja.txt."""
    return frozenset(word_lists("people_ja")[section])


@cache
def signs(section: str) -> frozenset[str]:
    """The characters of one section."""
    return frozenset("".join(word_lists("people_ja")[section]))


def is_surname(word: str) -> bool:
    """A surname of the lists, also one that is a place or a word."""
    return word in japanese("surnames") or word in japanese("surnames or words")


def is_like_a_surname(word: str) -> bool:
    """Two or three signs, the last one of those with which surnames end, and no word that is known."""
    return (
        2 <= len(word) <= 3
        and word[-1] in signs("surname endings")
        and word not in japanese("no names")
        and word not in japanese("surnames or words")
    )


def is_given(word: str) -> bool:
    """A given name of the lists, or two or three of the signs that they are made of with an ending of theirs."""
    if word in japanese("given") or word in japanese("given or word") or word in japanese("given kana"):
        return True
    return 2 <= len(word) <= 3 and word[-1] in japanese("given endings") and signs("given signs").issuperset(word)


@lru_cache(maxsize=4096)
def is_full_name(word: str) -> bool:
    """A surname and a given name written together, and nothing else."""
    if word in japanese("no names"):
        return False
    return any(
        _are_parts(word[:length], word[length:]) for length in range(1, min(_LONGEST_SURNAME, len(word) - 1) + 1)
    )


def _are_parts(surname: str, given: str) -> bool:
    """A given name behind a surname; behind one that is a word too a safer one, of two signs."""
    if surname in japanese("surnames"):
        return is_given(given)
    if surname not in japanese("surnames or words"):
        return False
    return given in japanese("given") or (len(surname) > 1 and len(given) > 1 and is_given(given))


def is_addressed(word: str) -> bool:
    """Whether what stands right before さん or 様 is a name: any of two or three signs that names no kind of people."""
    if not word or word in japanese("no names"):
        return False
    if is_full_name(word) or is_surname(word) or is_given(word) or is_like_a_surname(word):
        return True
    return 2 <= len(word) <= 3 and word[-1] not in _NO_NAME_ENDINGS


def is_in_office(word: str, role: str) -> bool:
    """Whether what stands right before a role is a name: 石川部長 is a person, 千葉市長 and 営業部長 are offices."""
    if word in japanese("no names") or (len(word) == 1 and word not in "林森関辻堀岡泉柳岸李朴陳張劉楊"):
        return False
    if is_full_name(word) or word in japanese("surnames") or is_like_a_surname(word):
        return True
    return role in japanese("roles") and word in japanese("surnames or words")


def is_listed(word: str) -> bool:
    """Whether a word behind a label such as 出席者： is a name."""
    return word not in japanese("no names") and (
        is_full_name(word) or is_surname(word) or is_given(word) or is_like_a_surname(word)
    )
