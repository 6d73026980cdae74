"""Where a text is cut, for every rule: as near to the ratio as the rule's boundaries, the cap and the words allow.

A rule gives its boundaries: (offset, units) pairs in order, an offset being the end of a unit's last visible character
and units the number of units up to it; the last pair stands for the whole text. So white space always stays
at the start of the original, and a prompt never ends in it. prompt + original is the text, exactly.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from secondhalf.extensions.path import dotted
from secondhalf.split.joins import has_hiragana, splits_sign, splits_word
from secondhalf.split.rules import Boundaries
from secondhalf.split.settings import SplitSettings
from secondhalf.text.language import is_spaceless, word_spans


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a text is cut, or why not. `offset` is in characters (-1: nowhere); `share` is the prompt's, 0 to 1."""

    offset: int
    share: float
    refusal: str = ""


def find_cut(text: str, boundaries: Boundaries, settings: SplitSettings) -> Cut:
    """The cut nearest to ratio * units, the earlier of two as near; a refusal when a side would be too short.

    The cap `max_prompt_words` takes the later boundaries away, so it moves a cut only earlier. Words are counted as
    the whole text writes them (`language.word_spans`): in Japanese and Chinese, characters.
    """
    words = word_spans(text)
    total = boundaries[-1][1] if words else 0
    if not total:
        return Cut(-1, 0.0, "no words")
    inner = boundaries[: bisect_left(boundaries, words[-1][1], key=lambda boundary: boundary[0])]
    if not inner:
        return Cut(-1, 0.0, f"one piece only under the rule {dotted(settings.rule)}")
    cap = settings.max_prompt_words
    if cap is not None and cap < len(words):
        inner = inner[: bisect_right(inner, words[cap][0], key=lambda boundary: boundary[0])]
    best = _best(text, inner, total, settings.ratio)
    if best is None:
        return Cut(-1, 0.0, "no place to cut, or none within max_prompt_words")
    offset, units = best
    return Cut(offset, units / total, _refusal(words, offset, settings))


def _best(text: str, boundaries: Boundaries, total: int, ratio: float) -> tuple[int, int] | None:
    """The nearest boundary that tears no sign; one inside a word counts as 20 units further off (a tenth of a short text).

    An added cost keeps the order: a larger ratio never gives an earlier cut.
    """
    target = ratio * total
    # Where words have spaces, no boundary falls inside one.
    spaceless = is_spaceless(text)
    japanese = spaceless and has_hiragana(text)
    torn_word = min(20.0, total / 10)
    best: tuple[float, int, int] | None = None
    for offset, units in _outward(boundaries, target):
        cost = abs(units - target)
        if best is not None and cost > best[0]:
            break
        if splits_sign(text, offset):
            continue
        if spaceless and splits_word(text[offset - 1], text[offset], japanese=japanese):
            cost += torn_word
        best = (cost, offset, units) if best is None else min(best, (cost, offset, units))
    return None if best is None else best[1:]


def _outward(boundaries: Boundaries, target: float) -> Iterator[tuple[int, int]]:
    """The boundaries, nearest to the target first."""
    later = bisect_left(boundaries, target, key=lambda boundary: boundary[1])
    earlier = later - 1
    while earlier >= 0 or later < len(boundaries):
        is_last = later == len(boundaries)
        if is_last or (earlier >= 0 and target - boundaries[earlier][1] <= boundaries[later][1] - target):
            yield boundaries[earlier]
            earlier -= 1
        else:
            yield boundaries[later]
            later += 1


def _refusal(words: list[tuple[int, int]], offset: int, settings: SplitSettings) -> str:
    in_prompt = bisect_left(words, offset, key=lambda span: span[0])
    in_original = len(words) - bisect_right(words, offset, key=lambda span: span[1])
    if in_prompt < settings.min_prompt_words:
        return "prompt too short"
    return "original too short" if in_original < settings.min_original_words else ""
