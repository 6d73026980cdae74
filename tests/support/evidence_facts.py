"""What lies behind the comparisons of the run that report_facts.py tells: errors, groups, profiles, judges."""

from typing import Any

from secondhalf.analysis.facts import Account, ArmComparison, Grouped, Profile, Span, Within


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
    }


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
