"""The rules over one side of a pair: as it stands, and behind its disguises."""

from collections.abc import Iterable
from functools import cache

from secondhalf.audit.instruction.disguises import readings
from secondhalf.audit.instruction.english import ENGLISH
from secondhalf.audit.instruction.japanese import JAPANESE
from secondhalf.audit.instruction.others import OTHERS, RUN_TOGETHER
from secondhalf.audit.instruction.rule import Rule
from secondhalf.text.language import spaceless_share

RULES: dict[str, tuple[Rule, ...]] = {"en": ENGLISH, "ja": JAPANESE}
"""By language: the rules whose matches the classifier weighs."""
_SOME = 0.05  # the share of kana and kanji from which a text's Japanese is read too
JOINT = 100
"""Characters on either side of the place where the halves meet that are read together."""
_OF_LINES = frozenset({"question line", "steps", "you lines", "speaker", "form", "choices"})
"""Rules about how lines begin and end: where a text was cut, lines begin and end by chance."""


class Match:
    """A rule that matched, and where; `start` is -1 where the text had to be decoded first."""

    __slots__ = ("disguised", "end", "rule", "start")

    def __init__(self, rule: Rule, start: int, end: int, *, disguised: bool = False) -> None:
        self.rule, self.start, self.end, self.disguised = rule, start, end, disguised


def rules_language(text: str) -> str:
    """The language whose rules and classifier read a text: "ja" where kana and kanji stand for a third of it, else "en"."""
    return "ja" if spaceless_share(text) > 1 / 3 else "en"


def foreign_rules(text: str, language: str) -> tuple[Rule, ...]:
    """The rules of other languages that read a text of `language` too: all of them where it has kana or kanji."""
    return _foreign(language, mixed=language == "ja" or spaceless_share(text) > _SOME)


def matches(plain: str, rules: Iterable[Rule], *, response: bool) -> list[Match]:
    """Every rule of these that matches a plain text (plain.py). Spans are in that text."""
    found = []
    for rule in rules:
        if response or not rule.response_only:
            span = rule.span(plain)
            if span:
                found.append(Match(rule, *span))
    return found


def sure_match(
    text: str, plain: str, own: list[Match], foreign: Iterable[Rule], *, response: bool, disguised: bool = True
) -> Match | None:
    """The first rule that refuses a side by itself: in its language, in another one, or behind a disguise.

    `own`: what its language's rules found; `foreign`: the others that may match; `disguised`: whether it may be disguised.
    """
    for match in own:
        if match.rule.sure and not match.rule.weighed:
            return match
    for rule in foreign:
        span = rule.span(plain) if response or not rule.response_only else None
        if span:
            return Match(rule, *span)
    for reading in readings(text, plain) if disguised else ():
        for rule in (*_sure("en"), *_sure("ja"), *OTHERS, *RUN_TOGETHER):
            span = rule.span(reading) if response or not rule.response_only else None
            if span:
                return Match(rule, -1, -1, disguised=True)
    return None


def joined(before: str, after: str) -> tuple[str, str]:
    """Where two plain halves meet, without a blank and with one: words or letters may have been parted."""
    return before[-JOINT:] + after[:JOINT], f"{before[-JOINT:]} {after[:JOINT]}"


def match_across(before: str, texts: Iterable[str], rules: Iterable[Iterable[Rule]]) -> Rule | None:
    """A sure rule that matches where two plain halves meet, and in neither alone.

    `texts`: `before` joined with the other half; `rules`: those of `rules_across` that may match each.
    """
    end = len(before[-JOINT:])
    for between, (text, of_text) in enumerate(zip(texts, rules, strict=True)):
        for rule in of_text:
            span = rule.span(text)
            if span and span[0] < end < span[1] - between:
                return rule
    return None


@cache
def rules_across(language: str) -> tuple[Rule, ...]:
    """The rules of a language that are looked for where halves meet."""
    return tuple(rule for rule in _sure(language) if not (rule.response_only or rule.weighed or rule.name in _OF_LINES))


@cache
def _foreign(language: str, *, mixed: bool) -> tuple[Rule, ...]:
    others = _sure("ja" if language == "en" else "en") if mixed else ()
    return (*OTHERS, *(rule for rule in others if not rule.weighed))


@cache
def _sure(language: str) -> tuple[Rule, ...]:
    return tuple(rule for rule in RULES[language] if rule.sure)
