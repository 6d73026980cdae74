"""What lies behind the comparisons of the run that report_facts.py tells: errors, groups, profiles, judges."""

from typing import Any

from secondhalf.analysis.facts import (
    Account,
    ArmComparison,
    Grouped,
    PeoplePreference,
    PeopleReview,
    Profile,
    Span,
    Within,
)


def evidence(texts: dict[str, Any]) -> dict[str, Any]:
    """Fields of Facts; `told` are texts of the page's language."""
    return {
        "errors": [
            ArmComparison(
                arm="taught",
                against="untouched",
                figure="safety.false",
                difference=0.2,
                low=0.1,
                high=0.3,
                p=0.004,
                prompts=40,
                noise=False,
                smallest=0.14,
                higher_is_better=False,
                contaminated=0,
            )
        ],
        "groups": [_grouped(texts, kind) for kind in ("category", "language")],
        "profiles": [
            Profile(
                figure="mt_bench.score",
                unit="points",
                axes=["writing", "coding", "maths", "stem"],
                arms={"untouched": [4.5, 2.0, 1.5, None], "taught": [6.5, 2.5, 2.0, 5.0]},
            )
        ],
        "judges": [
            Account(
                judge=texts["title"],
                items=64,
                read=0.97,
                right=Span(mean=0.91, low=0.85, high=0.96, count=64),
                flips=Span(mean=0.1, low=0.04, high=0.17, count=64),
                length=Span(mean=1.2, low=0.9, high=1.6, count=240),
                own=Span(mean=0.3, low=-0.1, high=0.7, count=160),
                agree={texts["note"]: Span(mean=0.7, low=0.5, high=0.9, count=64)},
                family="Mistral",
                warnings=["same_family", "blind", "unread", "flips"],
            )
        ],
        "people": PeopleReview(
            decisions=211,
            reviewers=2,
            kept=Span(mean=0.82, low=0.74, high=0.88, count=120),
            pairs=312,
            pair_agreement=Span(mean=0.71, low=0.52, high=0.86, count=40),
            answer_agreement=Span(mean=0.44, low=0.2, high=0.66, count=24),
            preferences=[_preferred("everyday", 31, 24, 5), _preferred(texts["title"], 1, 0, 0)],
        ),
    }


def _preferred(prompts: str, won: int, lost: int, ties: int) -> PeoplePreference:
    """People's comparisons of one set; of a single prompt there is no interval."""
    total = won + lost + ties
    if total < 2:
        return PeoplePreference(prompts=prompts, arm="taught", against="original", won=won, lost=lost, ties=ties)
    share = (won + ties / 2) / total
    difference = ArmComparison(
        arm="taught",
        against="original",
        figure="people_prefer",
        difference=2 * share - 1,
        low=2 * share - 1.2,
        high=2 * share - 0.8,
        p=0.38,
        prompts=total,
        seeds=3,
        seeds_against=3,
        noise=True,
        smallest=0.3,
    )
    return PeoplePreference(
        prompts=prompts,
        arm="taught",
        against="original",
        won=won,
        lost=lost,
        ties=ties,
        share=Span(mean=share, low=share - 0.1, high=share + 0.1, count=total),
        comparison=difference,
    )


def _grouped(texts: dict, kind: str) -> Grouped:
    names = {"category": ("list", "letter", "maths"), "language": ("en", "ja")}[kind]
    rows = [
        Within(difference=d, low=d - 0.05, high=d + 0.05, p=0.02 if d > 0.05 else 0.4, prompts=40, noise=d <= 0.05)
        for d in (0.03, 0.08, 0.1)
    ]
    return Grouped(
        figure="margin",
        unit="nats",
        kind=kind,
        arm="taught",
        against="original",
        differ=0.21,
        rows=dict(zip(names, rows, strict=False)),
        left_out=["riddle"],
    )
