"""Which arm's answers people prefer, by the statistics that every comparison of two arms has: prompt by prompt, paired, with the
training seeds as a random effect, and nothing shown of a trained arm under fewer than three of them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from secondhalf.review.comparisons import ComparisonItems
from secondhalf.review.items import ItemSource, ReviewItem
from secondhalf.review.log import LogSnapshot, ReviewDecision
from secondhalf.statistics import Comparison, Interval, compare, estimate

_POINTS = {"first": 1.0, "tie": 0.5, "second": 0.0}


@dataclass(frozen=True, slots=True)
class PreferenceFigure:
    """How often people prefer the first arm's answer to the second's, a tie counting half, over prompts to which the answers
    differ and that are judged under every training seed.

    `share` and `comparison` (the first arm's share minus the second's) are None below two prompts.
    """

    subject: str
    prompts: str
    arms: tuple[str, str]
    first: int
    second: int
    ties: int
    share: Interval | None
    comparison: Comparison | None


def preference_figures(log: LogSnapshot, sources: Iterable[ItemSource]) -> list[PreferenceFigure]:
    """A figure for each set of prompts that people have judged something of."""
    figures = []
    for source in sources:
        if isinstance(source, ComparisonItems):
            judged = _judged(log, source)
            if judged:
                figures.append(_figure(source, judged))
    return sorted(figures, key=lambda figure: figure.subject)


def _judged(log: LogSnapshot, source: ComparisonItems) -> list[list[float]]:
    """Of each prompt that is judged under every seed the first arm's points, a seed each."""
    rows = []
    same: dict[str, list[int]] = {}
    for prompt, place in source.same:
        same.setdefault(prompt, []).append(place)
    for id, items in source.of_prompts().items():
        points = dict.fromkeys(same.get(id, ()), _POINTS["tie"])
        for item in items:
            votes = counted_votes(item, log.standing.get(item.item, {}))
            if votes:
                points[item.seed] = sum(_POINTS[one.action] for one in votes) / len(votes)
        if len(points) == source.seeds:
            rows.append([points[place] for place in range(source.seeds)])
    return rows


def _figure(source: ComparisonItems, judged: list[list[float]]) -> PreferenceFigure:
    by_seed = [list(points) for points in zip(*judged, strict=True)]
    means = [sum(points) / len(points) for points in judged]
    enough = len(judged) > 1
    against = [[1 - value for value in points] for points in by_seed]
    return PreferenceFigure(
        source.subject,
        source.prompts,
        source.arms,
        sum(value > 0.5 for value in means),
        sum(value < 0.5 for value in means),
        sum(value == 0.5 for value in means),
        estimate(by_seed, share=True) if enough else None,
        compare(by_seed, against, training_seeds=source.training_seeds) if enough else None,
    )


def counted_votes(item: ReviewItem, standing: Mapping[str, ReviewDecision]) -> Collection[ReviewDecision]:
    """The decisions that count on a comparison: on the texts that are there now, a lead's alone where there is one."""
    votes = [one for one in standing.values() if one.seen == item.seen]
    return [one for one in votes if one.role == "lead"] or votes
