"""What a frame of a topic becomes: for each kind of constraint two answers, and what asks for the one or the other.

A frame is a prompt and a text with slots. Every couple is mirrored, so neither answer is the right one by nature.
"""

from collections.abc import Callable
from typing import Any

from secondhalf.errors import UserError
from secondhalf.evaluate.minimal_pairs.couple import Constraint, Couple, Frame
from secondhalf.evaluate.minimal_pairs.lists import listed
from secondhalf.evaluate.minimal_pairs.slots import fill_slots, first_slot

Builder = Callable[[Frame, str], list[Couple]]


def word(frame: Frame, language: str) -> list[Couple]:
    """Use or avoid one word or the other: repeating the prompt's word is right in half of them."""
    one, other = first_slot(frame["text"])
    use = [Constraint("use_word", {"kind": "keyword", "any": [x]}, x) for x in (one, other)]
    avoid = [Constraint("avoid_word", {"kind": "without", "words": [x]}, x) for x in (other, one)]
    return [_couple("use_word", frame, *use), _couple("avoid_word", frame, *avoid)]


def begin(frame: Frame, language: str) -> list[Couple]:
    """Begin, or do not begin, with one word or the other."""
    return _edge(frame, "begin", "start")


def end(frame: Frame, language: str) -> list[Couple]:
    """End, or do not end, with one word or the other."""
    return _edge(frame, "end", "ending")


def _edge(frame: Frame, kind: str, check: str) -> list[Couple]:
    one, other = first_slot(frame["text"])
    with_it = [Constraint(kind, {"kind": check, "any": [x]}, x) for x in (one, other)]
    without = [Constraint(f"not_{kind}", {"kind": check, "any": [x], "negated": True}, x) for x in (other, one)]
    return [_couple(kind, frame, *with_it), _couple(kind, frame, *without)]


def case(frame: Frame, language: str) -> list[Couple]:
    """Small letters or capitals."""
    lower, upper = (Constraint(form, {"kind": "format", "form": form}) for form in ("lowercase", "uppercase"))
    return [Couple("case", (frame["text"].lower(), frame["text"].upper()), (lower, upper))]


def quotation(frame: Frame, language: str) -> list[Couple]:
    """Direct speech in quotation marks, or reported speech without."""
    signs = ["「", "」"] if language == "ja" else ['"']
    direct, reported = ({"kind": "marks", "any": signs, "used": used} for used in (True, False))
    return [_couple("quotation", frame, Constraint("quoted", direct), Constraint("reported", reported))]


def brackets(frame: Frame, language: str) -> list[Couple]:
    """Something in round brackets, or no brackets."""
    with_brackets, without_brackets = ({"kind": "marks", "any": ["(", ")"], "used": used} for used in (True, False))
    return [
        _couple(
            "punctuation", frame, Constraint("brackets", with_brackets), Constraint("no_brackets", without_brackets)
        )
    ]


def exclamation(frame: Frame, language: str) -> list[Couple]:
    """An exclamation mark or a full stop at the end."""
    mark, stop = ({"kind": "ending", "any": [sign]} for sign in first_slot(frame["text"]))
    return [_couple("punctuation", frame, Constraint("exclamation", mark), Constraint("full_stop", stop))]


def _couple(kind: str, frame: Frame, first: Constraint, second: Constraint) -> Couple:
    return Couple(kind, fill_slots(frame["text"]), (first, second))


def fixed(kind: str, one: str, other: str, checks: tuple[dict[str, Any], dict[str, Any]]) -> Builder:
    """A kind whose two constraints are the same in every frame."""

    def build(frame: Frame, language: str) -> list[Couple]:
        first, second = checks
        return [_couple(kind, frame, Constraint(one, first), Constraint(other, second))]

    return build


def _checks(kind: str, argument: str, one: Any, other: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return {"kind": kind, argument: one}, {"kind": kind, argument: other}


FRAMES: dict[str, Builder] = {
    "word": word,
    "begin": begin,
    "end": end,
    "case": case,
    "script": fixed("script", "kanji", "kana", _checks("kanji", "used", True, False)),
    "sentences": fixed(
        "sentences",
        "one_sentence",
        "two_sentences",
        ({"kind": "sentences", "min": 1, "max": 1}, {"kind": "sentences", "min": 2, "max": 2}),
    ),
    "list": listed,
    "quotation": quotation,
    "exclamation": exclamation,
    "brackets": brackets,
    "numerals": fixed("numerals", "digits", "number_words", _checks("numerals", "digits", True, False)),
    "gender": fixed("person", "woman", "man", _checks("person", "person", "woman", "man")),
    "person": fixed("person", "first_person", "third_person", _checks("person", "person", "first", "third")),
    "politeness": fixed("politeness", "polite", "plain_style", _checks("politeness", "polite", True, False)),
    "tense": fixed("tense", "past", "future", _checks("tense", "future", False, True)),
}


def couples(frame: Frame, language: str) -> list[Couple]:
    """What becomes of a frame. Raises UserError for an unknown frame, or one that lacks what its kind needs."""
    name = frame.get("frame")
    if name not in FRAMES:
        raise UserError(f"The frame {name!r} is unknown; write one of {', '.join(FRAMES)}.")
    try:
        return FRAMES[name](frame, language)
    except KeyError as error:
        raise UserError(f"A frame {name!r} of the topic {frame.get('topic')!r} lacks {error}; write it.") from error
