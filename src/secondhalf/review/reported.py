"""What people decided, for the run's report: without anybody's name, and as it stands at that moment."""

from dataclasses import replace

from secondhalf.analysis.facts import ArmComparison, PeoplePreference, PeopleReview, Span
from secondhalf.review.desk import Desk
from secondhalf.review.figures import ReviewFigures, SampleFigure, review_figures
from secondhalf.review.preference_figures import PreferenceFigure
from secondhalf.statistics import Comparison, Interval, holm


def people_of(desk: Desk) -> PeopleReview:
    """The desk's decisions as the report has them."""
    figures, standing = review_figures(desk.assignment, desk.run.recipe.review), desk.log.snapshot().standing.values()
    return PeopleReview(
        decisions=sum(map(len, standing)),
        reviewers=len(set().union(*standing)),
        kept=_kept(figures.sample),
        pairs=figures.sample.total,
        pair_agreement=_span(figures.agreement),
        answer_agreement=_span(figures.comparison_agreement),
        preferences=_preferences(figures),
    )


def _kept(sample: SampleFigure) -> Span | None:
    if not sample.judged:
        return None
    return Span(mean=sample.share, low=sample.low, high=sample.high, count=sample.judged)


def _span(interval: Interval | None) -> Span | None:
    if interval is None:
        return None
    return Span(mean=interval.mean, low=interval.low, high=interval.high, count=interval.prompts)


def _preferences(figures: ReviewFigures) -> list[PeoplePreference]:
    compared = [one.comparison for one in figures.preferences if one.comparison]
    corrected = iter(holm([one.p for one in compared]))
    return [
        PeoplePreference(
            prompts=one.prompts,
            arm=one.arms[0],
            against=one.arms[1],
            won=one.first,
            lost=one.second,
            ties=one.ties,
            share=_span(one.share),
            comparison=_comparison(one, one.comparison, next(corrected)) if one.comparison else None,
        )
        for one in figures.preferences
    ]


def _comparison(figure: PreferenceFigure, result: Comparison, p: float) -> ArmComparison:
    result = replace(result, p=p, noise=result.noise or p >= 0.05)
    return ArmComparison.of(*figure.arms, "people_prefer", result)
