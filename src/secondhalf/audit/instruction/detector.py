"""All detectors together on both sides of pairs: a side has instruction-like content where a sure rule matches, or where the
classifier's probability reaches its threshold. The halves are read joined, too, so that nothing hides in the cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from secondhalf.audit.instruction.classifier import load_classifier, probabilities
from secondhalf.audit.instruction.disguises import may_be_disguised
from secondhalf.audit.instruction.first_look import rules_that_may_match
from secondhalf.audit.instruction.plain import plain_text
from secondhalf.audit.instruction.rule import Rule
from secondhalf.audit.instruction.rules import (
    RULES,
    Match,
    foreign_rules,
    joined,
    match_across,
    matches,
    rules_across,
    rules_language,
    sure_match,
)
from secondhalf.rows import Pair


@dataclass(frozen=True, slots=True)
class SideFinding:
    """What the detectors say of one side. `score`: 1 where a sure rule matched, else the classifier's probability, 0 to 1.

    `kind` is a rule's ("" where none matched), `rule` and `classifier` what each detector says alone; `start` and `end` the
    rule's span in the side's text, -1 where there is none or it was disguised. `detail` is for people.
    """

    flagged: bool
    score: float
    kind: str
    rule: bool
    classifier: bool
    detail: str = ""
    start: int = -1
    end: int = -1


def find_instructions(pairs: Sequence[Pair]) -> list[tuple[SideFinding, SideFinding]]:
    """What the detectors find in the prompt and in the response of each pair, in their order."""
    texts = [text for pair in pairs for text in (pair.prompt, pair.response)]
    plain = [plain_text(text) for text in texts]
    languages = [rules_language(text) for text in plain]
    own = [
        matches(text, rules, response=bool(index % 2))
        for index, (text, rules) in enumerate(
            zip(plain, rules_that_may_match(plain, [RULES[language] for language in languages]), strict=True)
        )
    ]
    scores = [0.0] * len(texts)
    for language in sorted(set(languages)):
        places = [index for index, each in enumerate(languages) if each == language]
        names = [{match.rule.name for match in own[index]} for index in places]
        for index, score in zip(places, probabilities([plain[i] for i in places], names, language), strict=True):
            scores[index] = float(score)
    sides = [
        _side(match, own[index], len(plain[index]) == len(texts[index]), languages[index], scores[index])
        for index, match in enumerate(_sure_matches(texts, plain, own, languages))
    ]
    open_pairs = [index for index in range(0, len(sides), 2) if not (sides[index].flagged or sides[index + 1].flagged)]
    for index, rule in zip(open_pairs, _across(plain, open_pairs), strict=True):
        if rule:
            sides[index + 1] = _found_across(rule)
    return list(zip(sides[::2], sides[1::2], strict=True))


def _sure_matches(
    texts: list[str], plain: list[str], own: list[list[Match]], languages: list[str]
) -> list[Match | None]:
    """Of each text the first rule that refuses it by itself."""
    foreign = rules_that_may_match(plain, list(map(foreign_rules, texts, languages)))
    disguised = may_be_disguised(texts, plain)
    return [
        sure_match(texts[i], plain[i], own[i], foreign[i], response=bool(i % 2), disguised=disguised[i])
        for i in range(len(texts))
    ]


def _side(sure: Match | None, own: list[Match], spans_hold: bool, language: str, score: float) -> SideFinding:
    by_classifier = score >= load_classifier(language).threshold
    if sure is None and not by_classifier:
        return SideFinding(flagged=False, score=score, kind="", rule=False, classifier=False)
    best = sure or next(iter(own), None)
    kind = best.rule.kind if best else ""
    by = [f"rule {sure.rule.name}{', disguised' if sure.disguised else ''}"] if sure else []
    by += [f"classifier {score:.2f}"] if by_classifier else []
    # The plain form of a text may be longer or shorter; a span holds where it is neither.
    start, end = (best.start, best.end) if best and spans_hold else (-1, -1)
    return SideFinding(
        flagged=True,
        score=1.0 if sure else score,
        kind=kind,
        rule=sure is not None,
        classifier=by_classifier,
        detail="; ".join(by),
        start=start,
        end=end,
    )


def _across(plain: list[str], prompts: list[int]) -> list[Rule | None]:
    """Of the pairs whose prompts have these numbers the sure rule that matches where the halves meet."""
    texts = [text for index in prompts for text in joined(plain[index], plain[index + 1])]
    languages = [rules_language(text) for text in texts[::2] for _ in range(2)]
    rules = rules_that_may_match(texts, [rules_across(language) for language in languages])
    return [
        match_across(plain[index], texts[2 * number : 2 * number + 2], rules[2 * number : 2 * number + 2])
        for number, index in enumerate(prompts)
    ]


def _found_across(rule: Rule) -> SideFinding:
    detail = f"rule {rule.name}, across the halves"
    return SideFinding(flagged=True, score=1.0, kind=rule.kind, rule=True, classifier=False, detail=detail)
