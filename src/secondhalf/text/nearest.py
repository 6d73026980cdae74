"""What somebody may have meant who wrote a name that there is not."""

import os
from collections.abc import Iterable
from difflib import get_close_matches

_ALIKE = 0.6  # of 1: with less, any two options are alike that begin with dashes
_MOST = 20  # names that are listed where none is near


def hint(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about a name that is not among those that are known: the nearest, or which there are."""
    names = list(dict.fromkeys(known))
    if near := nearest(name, names):
        return f"; did you mean {near}?"
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return f"; there are {', '.join(names[:_MOST])}{more}." if names else "; there are none."


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name that is most like another, whatever its case; "" where none is like it."""
    lowered: dict[str, str] = {}
    for one in known:
        lowered.setdefault(one.lower(), one)
    near = get_close_matches(name.lower(), lowered, 1, _ALIKE)
    if near:
        return lowered[near[0]]
    begun = [
        one for low, one in lowered.items() if name and (low.startswith(name.lower()) or _initials(low) == name.lower())
    ]
    return begun[0] if len(begun) == 1 else ""


def nearest_file(path: str) -> str:
    """What stands where a path does not exist and is like it; "" where nothing is."""
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    try:
        there = sorted(os.listdir(folder or "."))
    except (OSError, ValueError):
        return ""
    # By their stems: all recipes end alike. An ending may be misspelt or left out, and is no other kind of file's.
    names: dict[str, str] = {}
    for other in there:
        others_stem, others_ending = os.path.splitext(other)
        if ending == others_ending:
            names[others_stem] = other
        elif not ending or nearest(ending, [others_ending]):
            names.setdefault(others_stem, other)
    near = nearest(stem, names)
    return os.path.join(folder, names[near]) if near else ""


def _initials(name: str) -> str:
    """Of learning_rate: lr."""
    return "".join(part[:1] for part in name.replace("-", "_").split("_")) if "_" in name or "-" in name else ""
