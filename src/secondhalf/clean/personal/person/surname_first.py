"""Names with the surname first and a comma: "Okonkwo, Chidi; Roth, Anna" in a list, "Roth, A. B. (2014)" in references."""

from itertools import pairwise

from secondhalf.clean.personal.person.capitals import Word

_SURNAMES = {"surname", "surname or word", "surname first", "other"}
_GIVEN = {"given", "given or word"}


def surnames_first(text: str, runs: list[list[Word]]) -> list[tuple[int, int]]:
    """Start and end of each, in characters. One with initials counts anywhere, one with a given name in a list."""
    spans: list[tuple[int, int]] = []
    for one, two in pairwise(runs):
        start, end = one[0].start, two[-1].end
        if len(one) > 1 or one[0].kind not in _SURNAMES or len(two) > 2 or text[one[0].end : two[0].start] != ", ":
            continue
        kinds, behind = [word.kind for word in two], text[end : end + 2]
        if kinds[0] == "initial" and set(kinds) == {"initial"}:
            if text[end - 1] == "." and behind in {", ", " (", " a", " &", "; ", ": ", ""}:
                spans.append((start, end))
        elif behind[:1] in {";", "\n", ".", ""} and _in_list(text, start, kinds, spans):
            spans.append((start, end))
    return spans


def _in_list(text: str, start: int, kinds: list[str], spans: list[tuple[int, int]]) -> bool:
    """Behind a colon, a semicolon or a line's beginning; a given name that is in no list counts behind another such name."""
    lead = text[max(0, start - 8) : start].rstrip(" ")
    if lead and lead[-1] not in ":;\n":
        return False
    follows = bool(spans) and text[spans[-1][1] : start] == "; "
    return kinds[0] in _GIVEN or (follows and kinds[0] == "other")
