"""The five answers in the page's words: a heading, a mark and sentences, each figure with its interval.

What is said, and which mark it has, is analysis'; here are names, units and numbers.
"""

from dataclasses import dataclass
from functools import singledispatch

from secondhalf.analysis.facts import ArmComparison, Facts, Figure, Probe, Unit
from secondhalf.analysis.summary.answers import five_answers
from secondhalf.analysis.summary.points import Evidence, GroupResult, Mark, Question, SummaryPoint
from secondhalf.report import numbers
from secondhalf.report.words import fill, label, page_words


@dataclass(frozen=True, slots=True)
class WordedPoint:
    """One sentence, and whether it tells of something bad."""

    text: str
    bad: bool
    small: bool = False
    """Beside the point: it stands in smaller type."""


@dataclass(frozen=True, slots=True)
class WordedAnswer:
    """One answer as it is read: "Did it work?", "Not shown", and the sentences."""

    question: Question
    title: str
    mark: Mark
    outcome: str
    points: list[WordedPoint]


def worded_answers(facts: Facts) -> list[WordedAnswer]:
    """The five answers in the language of the facts."""
    words = page_words(facts.language)
    return [
        WordedAnswer(
            one.question,
            words[f"question_{one.question}"],
            one.mark,
            words[f"mark_{one.question}_{one.mark}"],
            [
                WordedPoint(numbers.tied(point_text(point, facts)), point.bad, point.name == "others")
                for point in one.points
            ],
        )
        for one in five_answers(facts)
    ]


def point_text(point: SummaryPoint, facts: Facts) -> str:
    """One sentence of an answer."""
    words = page_words(facts.language)
    if point.name.startswith("unchecked_"):
        return words[point.name]
    values = {name: _number(name, value, facts) for name, value in point.values.items()}
    if "low" in values:
        values["range"] = words["range"].format(low=values["low"], high=values["high"])
    if "partly" in values:
        values["money"] = ("≥ " if point.values["partly"] else "") + values["money"]
    if "warning" in values:
        share = numbers.plain(float(point.values["share"]), "share", 0)
        values["warning"] = fill(words[f"warning_{values['warning']}"], family=values["family"], share=share)
        values["judge"] = words["quoted"].format(name=values["judge"])
    by_arm: dict[str, list[str]] = {}
    for arm, one in point.evidence:
        by_arm.setdefault(arm, []).append(evidence_text(one, facts))
    items = [_of_arm(arm, words["item_join"].join(listed), facts) for arm, listed in by_arm.items()]
    values["items"] = words["item_join"].join(items)
    if len(point.evidence) == 1:
        [(_, one)] = point.evidence
        values |= _parts(one, facts)
    return fill(words[f"point_{point.name}"], **values)


def evidence_text(one: Evidence, facts: Facts) -> str:
    """A figure, a comparison, a probe or a group's result in a few words, with its interval."""
    words = page_words(facts.language)
    kind = {Figure: "figure", ArmComparison: "comparison", Probe: "probe", GroupResult: "group"}[type(one)]
    if isinstance(one, Figure) and one.contaminated:
        kind = "met"
    return fill(words[f"item_{kind}"], **_parts(one, facts))


@singledispatch
def _parts(one: Evidence, facts: Facts) -> dict[str, str]:
    """What the places of a sentence about one piece of evidence are filled with."""
    raise TypeError(f"{type(one)} is no evidence")


@_parts.register
def _(one: ArmComparison, facts: Facts) -> dict[str, str]:
    words = page_words(facts.language)
    return {
        "figure": label(words, "figure", one.figure),
        "against": _named(one.against, facts),
        "arm": words["quoted"].format(name=one.against),
        **_difference(one.difference, one.low, one.high, one.unit, facts),
    }


@_parts.register
def _(one: Figure, facts: Facts) -> dict[str, str]:
    words = page_words(facts.language)
    digits = min(1, numbers.decimals([one.high - one.low], one.unit)) if one.unit == "share" else 2
    low, high = (numbers.plain(value, one.unit, digits) for value in (one.low, one.high))
    return {
        "figure": label(words, "figure", one.name),
        "mean": numbers.figure(one.mean, one.unit, digits),
        "range": words["range"].format(low=low, high=high),
        "n": numbers.count(one.prompts),
        "contaminated": numbers.count(one.contaminated or 0),
    }


@_parts.register
def _(one: Probe, facts: Facts) -> dict[str, str]:
    return {
        "figure": label(page_words(facts.language), "probe", one.figure),
        **_difference(one.difference, one.low, one.high, one.unit, facts),
        "limit": numbers.plain(one.limit, one.unit, _digits(one.low, one.high, one.unit)),
    }


@_parts.register
def _(one: GroupResult, facts: Facts) -> dict[str, str]:
    words = page_words(facts.language)
    return {
        "figure": label(words, "figure", one.figure),
        "group": label(words, one.kind, one.group),
        "arm": words["quoted"].format(name=one.against),
        **_difference(one.difference, one.low, one.high, one.unit, facts),
    }


def _difference(difference: float, low: float, high: float, unit: Unit, facts: Facts) -> dict[str, str]:
    """`difference` with its unit in full and its range, and these by themselves: `value` with a short unit, `range`."""
    words = page_words(facts.language)
    digits = _digits(low, high, unit)
    span = words["range"].format(low=numbers.plain(low, unit, digits), high=numbers.plain(high, unit, digits))
    value = numbers.signed(difference, unit, digits)
    named = words[f"difference_{unit}"]
    whole = fill(words["measured_unit"] if named else words["measured"], value=value, unit=named, range=span)
    return {"difference": whole, "value": value + words[f"brief_{unit}"], "range": span}


def _digits(low: float, high: float, unit: Unit) -> int:
    return min(2, numbers.decimals([high - low], unit))


def _named(arm: str, facts: Facts) -> str:
    """An arm by its name, and by what it is where that is known: “original” (control: ...)."""
    words = page_words(facts.language)
    role = {one.name: one.role for one in facts.arms}.get(arm, "")
    name = words["quoted"].format(name=arm)
    return name + words["aside"].format(parts=words[f"role_{role}"]) if role else name


def _of_arm(arm: str, item: str, facts: Facts) -> str:
    words = page_words(facts.language)
    return fill(words["item_of"], arm=words["quoted"].format(name=arm), item=item) if arm else item


def _number(name: str, value: float | str, facts: Facts) -> str:
    if isinstance(value, str):
        return value
    if name == "time":
        return numbers.duration(value, facts.language)
    if name in {"money", "human"}:
        return numbers.money(value, facts.currency, facts.language)
    if name in {"low", "high"}:
        return numbers.plain(value, "share", 1)
    return numbers.figure(value, "share", 1) if name == "share" else numbers.count(value)
