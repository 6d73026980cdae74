"""The figures that a limit may name: what each is counted in, which way is better, and whether it is an arm's or the run's."""

from dataclasses import dataclass
from typing import Literal

from secondhalf.analysis.facts import Unit
from secondhalf.analysis.figures import FIGURES, LOWER_IS_BETTER, unit_of
from secondhalf.analysis.overfitting import limits_of
from secondhalf.analysis.safety import FAIR, SAFETY, compared_name
from secondhalf.evaluate.benchmarks import BENCHMARKS
from secondhalf.evaluate.everyday.stage import SHARPNESS
from secondhalf.evaluate.invariance import MOVES_WITH
from secondhalf.recipe.report import LimitSettings

FlatUnit = Unit | Literal["money", "hours"]
Better = Literal["higher", "lower", ""]
GAIN, INSTRUCTION_SHARE, EVERYDAY, SAFETY_SET = "gain", "instruction_share", "everyday", "safety"
WORST_OF = {
    "forgetting": ("forgotten_corpus", "forgotten_en", "forgotten_ja"),
    "leaks": ("leak_reply", "leak_original"),
    "refusals": ("safety.refused_harmless",),
    "personal_data": ("safety.personal_data",),
    "toxicity": ("safety.toxic",),
}
"""Names for the worst of several figures, all of which have to be measured; `contamination` is that of the run's benchmarks."""
REVIEW_AGREEMENT = "review_agreement"
"""Of the review by people, Krippendorff's alpha: 1 at most, 0 where they agree as chance does."""
_NO_DIRECTION = {*FAIR, "entropy"}
_TASKS = "leaderboard."


@dataclass(frozen=True, slots=True)
class FigureKind:
    """What is known of a figure before a run is looked at."""

    unit: FlatUnit
    """share: 0 to 1. nats: a token. points: a judge's scale. money: in the report's currency."""
    better: Better
    """"": neither more nor less is better."""
    of_arm: bool = True
    """Each arm has its own; False: it is the run's."""
    comparable: bool = False
    """Arms are compared on it."""


_OF_RUN = {
    GAIN: FigureKind("share", "higher", of_arm=False),
    "cost": FigureKind("money", "lower", of_arm=False),
    "cost_per_pair": FigureKind("money", "lower", of_arm=False),
    "hours": FigureKind("hours", "lower", of_arm=False),
    "judge_right": FigureKind("share", "higher", of_arm=False),
    "judge_flips": FigureKind("share", "lower", of_arm=False),
    REVIEW_AGREEMENT: FigureKind("count", "higher", of_arm=False),
}
_OF_ARMS = {
    "pairs": FigureKind("count", "higher"),
    "seeds": FigureKind("count", "higher"),
    INSTRUCTION_SHARE: FigureKind("share", "lower"),
    "contamination": FigureKind("share", "lower"),
    **{
        name: FigureKind("share" if name.startswith("leak") else "nats", "lower") for name in limits_of(LimitSettings())
    },
    "forgetting": FigureKind("nats", "lower"),
    **dict.fromkeys(("leaks", "refusals", "personal_data", "toxicity"), FigureKind("share", "lower")),
    **{f"contamination.{name}": FigureKind("share", "lower") for name in (EVERYDAY, SAFETY_SET, *BENCHMARKS)},
    **{compared_name(name): FigureKind("share", "lower", comparable=True) for name in FAIR},
}


def kind_of(name: str) -> FigureKind | None:
    """What is known of a figure; None where nothing is called so. Tasks of lm-eval have names of their own: leaderboard.TASK."""
    if name in _OF_RUN or name in _OF_ARMS:
        return _OF_RUN.get(name) or _OF_ARMS[name]
    if name not in _measured() and not (name.startswith(_TASKS) and name != _TASKS):
        return None
    better: Better = "" if name in _NO_DIRECTION else "lower" if name in LOWER_IS_BETTER else "higher"
    return FigureKind(unit_of(name), better, comparable=name not in FAIR)


def names_of_figures() -> list[str]:
    """Every name that `kind_of` knows, lm-eval's tasks aside."""
    return sorted({*_OF_RUN, *_OF_ARMS, *_measured()})


def _measured() -> set[str]:
    of_benchmarks = {f"{name}.{figure.name}" for name, row in BENCHMARKS.items() for figure in row.figures}
    return {*FIGURES, *SHARPNESS, *MOVES_WITH, *SAFETY, *of_benchmarks}
