"""Names of people in Latin letters: which words of a capitalised run are one.

Every rule looks at a word and the few behind it. A name that is a word too (May, Will, Grace) needs a surname or a form of
address; a surname alone needs a title, or what people do behind it. Names in small letters are not found.
"""

from secondhalf.clean.personal.person.capitals import Word, capitalised_runs
from secondhalf.clean.personal.person.surname_first import surnames_first
from secondhalf.clean.personal.person.surroundings import (
    acts,
    is_called_after,
    is_introduced,
    is_labelled,
    may_have_initials,
    only_a_person,
    starts_sentence,
)

Range = tuple[int, int]
"""Of the words of a run: the first of a name, and the one behind its last."""

_LONGEST = 4
"""Words of one name."""
_NEVER = {"common", "thing", "title"}
_GIVEN = {"given", "given or word"}
_SURNAMES = {"surname", "surname first"}
_BETWEEN = {", ", "; ", " and ", ", and ", " & ", ",\n", "\n"}
"""What stands between two names of a list."""


def latin_names(text: str) -> list[tuple[int, int]]:
    """Start and end of each name, in characters, in order and apart."""
    runs = capitalised_runs(text)
    names = [_names_in(text, words) for words in runs]
    _spread(text, runs, names)
    _repeat(text, runs, names)
    spans = [
        (words[first].start, words[after - 1].end)
        for words, ranges in zip(runs, names, strict=True)
        for first, after in ranges
    ]
    return _longest(spans + surnames_first(text, runs))


def _longest(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In order, without what lies in another one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _names_in(text: str, words: list[Word]) -> list[Range]:
    """The names of one run, from left to right."""
    ranges, place = [], 0
    while place < len(words):
        first = place
        while first < len(words) and words[first].kind == "title":
            first += 1
        after = _end(words, first)
        if after > first and (_after_title if first > place else _is_name)(text, words, first, after):
            ranges.append((first, after))
            place = after
        else:
            place = max(first, place + 1)
    return ranges


def _end(words: list[Word], first: int) -> int:
    """How far a name from `first` can go: to a word that is in none, a possessive, or the longest.

    A surname that is a word too is one behind a title, a given name or initials.
    """
    after = first
    while after < len(words) and after - first < _LONGEST and words[after].kind not in _NEVER:
        if words[after].kind == "surname or word" and (
            not after or words[after - 1].kind not in _GIVEN | {"title", "initial"}
        ):
            break
        after += 1
        if words[after - 1].owns:
            break
    return after


def _after_title(text: str, words: list[Word], first: int, after: int) -> bool:
    alone = after == first + 1 and words[first].kind == "initial"
    called_after = after < len(words) and words[after].kind != "title" and not words[after - 1].owns
    return not alone and not called_after and not words[first - 1].owns


def _is_name(text: str, words: list[Word], first: int, after: int) -> bool:
    if is_called_after(text, words, first, after):
        return False
    if after == first + 1:
        return _is_alone(text, words, first)
    kinds = [word.kind for word in words[first:after]]
    if kinds[-1] == "initial":
        return kinds[0] in _GIVEN
    if kinds[0] == "initial":
        known = kinds[-1] in _SURNAMES
        return text[words[first].end - 1] == "." and may_have_initials(text, words, first, known=known)
    return _are_names(kinds, starts_sentence(text, words[first].start), first) or (
        first == 0 and is_introduced(text, words[0].start, words[after - 1].end)
    )


def _are_names(kinds: list[str], capital: bool, first: int) -> bool:
    """Whether the kinds of several words make a name; `capital`: the first may have its own for beginning a sentence."""
    head, last = kinds[0], kinds[-1]
    if head == "given" or (head == "surname first" and last in {"other", "given", "surname first"}):
        return True
    if head in {"given or word", "given or place"} and (last in _SURNAMES or "initial" in kinds):
        return True
    return not capital and ((head == "given or word" and last == "other") or (first == 0 and last in _SURNAMES))


def _is_alone(text: str, words: list[Word], place: int) -> bool:
    """One word: a given name that is nothing else; a surname that acts; or any, where only a person can stand."""
    word = words[place]
    if word.kind == "initial" or (place and words[place - 1].kind not in _NEVER and not words[place - 1].owns):
        return False
    if word.kind == "given":
        return not text[word.start : word.end].isupper() or is_labelled(text, word.start)
    return only_a_person(text, words, place) or (word.kind == "surname" and acts(text, word))


def _spread(text: str, runs: list[list[Word]], names: list[list[Range]]) -> None:
    """In a list, what stands next to a name and looks like one is one: forwards through the text, then backwards."""
    for here in range(1, len(runs)):
        _spread_to(text, runs, names, here, here - 1)
    for here in reversed(range(len(runs) - 1)):
        _spread_to(text, runs, names, here, here + 1)


def _spread_to(text: str, runs: list[list[Word]], names: list[list[Range]], here: int, there: int) -> None:
    words, left, right = runs[here], runs[min(here, there)], runs[max(here, there)]
    if names[here] or not names[there] or not 2 <= len(words) <= _LONGEST or left[-1].owns:
        return
    touches = names[there][-1][1] == len(left) if there < here else names[there][0][0] == 0
    plain = not _NEVER & {word.kind for word in words} and words[-1].kind != "initial"
    between = text[left[-1].end : right[0].start] in _BETWEEN
    if touches and plain and between and not is_called_after(text, words, 0, len(words)):
        names[here].append((0, len(words)))


def _repeat(text: str, runs: list[list[Word]], names: list[list[Range]]) -> None:
    """The last words of full names count where they stand alone too."""
    last = {
        words[after - 1].low
        for words, ranges in zip(runs, names, strict=True)
        for first, after in ranges
        if after - first > 1 and words[after - 1].kind in {"surname", "other"} and len(words[after - 1].low) > 3
    }
    for words, ranges in zip(runs, names, strict=True) if last else ():
        place = next((place for place, word in enumerate(words) if word.kind not in _NEVER), len(words))
        alone = not ranges and place == len(words) - 1 and words[place].low in last
        if alone and not is_called_after(text, words, place, place + 1):
            ranges.append((place, place + 1))
