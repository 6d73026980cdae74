"""Six figures of one answer that need no judge: does it end, loop, copy, change language or play the user?

Pure functions of texts. None of them says that an answer is right: a model can be perfect in all and follow nothing.
"""

from collections.abc import Sequence

from secondhalf.models.finish import has_ended
from secondhalf.text.language import detect, is_spaceless
from secondhalf.text.next_turn import TURN_WORDS, has_next_turn
from secondhalf.text.ngrams import all_ngrams, repeated_share, units

PROBES_VERSION = 1  # raised by hand when a probe's meaning changes


def probe(
    prompt: str, answer: str, finish: str, language: str, turn_words: Sequence[str] = TURN_WORDS
) -> dict[str, float]:
    """Every probe of one answer, each 0 to 1. `finish` is the raw finish reason, `language` an ISO 639-1 code."""
    return {
        "stops": stops(finish),
        "next_turn": next_turn(answer, turn_words),
        "repeats": repeats(answer),
        "echo": echo(prompt, answer),
        "language_kept": language_kept(answer, language),
        "empty": empty(answer),
    }


def stops(finish: str) -> float:
    """1 when the model ended the answer itself; 0 when it was cut (length) or filtered."""
    return float(has_ended(finish))


def next_turn(answer: str, turn_words: Sequence[str] = TURN_WORDS) -> float:
    """1 when, after some text, a line opens the user's next turn."""
    return float(has_next_turn(answer, turn_words))


def repeats(answer: str) -> float:
    """Share of 4-grams (Japanese and Chinese: 8-grams of characters) that occurred before; 0 for a short answer."""
    return repeated_share(answer, 4)


def echo(prompt: str, answer: str) -> float:
    """Share of the answer's 4-grams (characters: 8-grams) that stand in the prompt; 0 when the answer is too short."""
    size = 8 if is_spaceless(answer) else 4
    grams = all_ngrams(units(answer), size)
    known = set(all_ngrams(units(prompt), size))
    return sum(gram in known for gram in grams) / len(grams) if grams else 0.0


def language_kept(answer: str, language: str) -> float:
    """1 when the answer is detected as `language`; 0 for any other, and for an answer without letters."""
    return float(detect(answer)[0] == language)


def empty(answer: str) -> float:
    """1 when the answer has no letter and no digit."""
    return float(not units(answer))
