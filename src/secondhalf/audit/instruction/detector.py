"""All detectors together on both sides of pairs: a side has instruction-like content where a sure rule matches, or where the
classifier's probability reaches its threshold. The halves are read joined, too, so that nothing hides in the cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from secondhalf.audit.instruction.classifier import load_classifier, probabilities
from secondhalf.audit.instruction.plain import plain_text
from secondhalf.audit.instruction.rules import Match, match_across, matches, rules_language, sure_match
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
        matches(text, language, response=bool(index % 2))
        for index, (text, language) in enumerate(zip(plain, languages, strict=True))
    ]
    scores = [0.0] * len(texts)
    for language in sorted(set(languages)):
        places = [index for index, each in enumerate(languages) if each == language]
        names = [{match.rule.name for match in own[index]} for index in places]
        for index, score in zip(places, probabilities([plain[i] for i in places], names, language), strict=True):
            scores[index] = float(score)
    sides = [
        _side(texts[index], plain[index], own[index], languages[index], scores[index], response=bool(index % 2))
        for index in range(len(texts))
    ]
    return [
        (prompt, response if prompt.flagged or response.flagged else _joined(before, after, response))
        for prompt, response, before, after in zip(sides[::2], sides[1::2], plain[::2], plain[1::2], strict=True)
    ]


def _side(text: str, plain: str, own: list[Match], language: str, score: float, *, response: bool) -> SideFinding:
    sure = sure_match(text, plain, own, language, response=response)
    by_classifier = score >= load_classifier(language).threshold
    if sure is None and not by_classifier:
        return SideFinding(flagged=False, score=score, kind="", rule=False, classifier=False)
    best = sure or next(iter(own), None)
    kind = best.rule.kind if best else ""
    by = [f"rule {sure.rule.name}{', disguised' if sure.disguised else ''}"] if sure else []
    by += [f"classifier {score:.2f}"] if by_classifier else []
    # The plain form of a text may be longer or shorter; a span holds where it is neither.
    start, end = (best.start, best.end) if best and len(plain) == len(text) else (-1, -1)
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


def _joined(before: str, after: str, response: SideFinding) -> SideFinding:
    """The response's finding, or what a sure rule finds where the halves meet."""
    rule = match_across(before, after)
    if rule is None:
        return response
    detail = f"rule {rule.name}, across the halves"
    return SideFinding(flagged=True, score=1.0, kind=rule.kind, rule=True, classifier=False, detail=detail)
