"""The points of every teacher and student among runs, and the line through them."""

from collections.abc import Sequence
from dataclasses import dataclass

from secondhalf.analysis.figures import both_have, has_gaps
from secondhalf.analysis.results import Results
from secondhalf.analysis.roles import role
from secondhalf.analysis.safety import compared
from secondhalf.analysis.tables import RunTables
from secondhalf.analysis.training_seeds import training_seeds
from secondhalf.errors import UserError
from secondhalf.recipe import Recipe
from secondhalf.runs import Label, Run
from secondhalf.statistics import Comparison
from secondhalf.statistics.paired import align
from secondhalf.statistics.scaling import FEWEST_SIZES, CurveValue, ScalingFit, SizedScores

Scores = list[dict[str, float]]


@dataclass(frozen=True, slots=True)
class ScalingPoint:
    """An arm of a run: its gain over its untouched student."""

    run: str
    arm: str
    pairs: int
    gain: Comparison


@dataclass(frozen=True, slots=True)
class ScalingCurve:
    """The points of one teacher and one student, fewest pairs first; the line where they have sizes enough.

    `line`: the line at `along`, from the fewest pairs to those of `beyond`. `beyond`: at the number of pairs that was asked for.
    `left_out`: what the line through all but the largest size says of that one; None below four sizes.
    """

    teacher: str
    student: str
    points: list[ScalingPoint]
    uncovered: bool
    slope: CurveValue | None
    along: list[float]
    line: list[CurveValue]
    target: int
    beyond: CurveValue | None
    left_out: CurveValue | None

    @property
    def extrapolates(self) -> bool:
        """Whether what was asked for lies beyond every size that was measured."""
        return self.target > self.points[-1].pairs


@dataclass(frozen=True, slots=True)
class _Measured:
    """An arm and its untouched student: a table of scores by prompt for each training seed."""

    run: str
    arm: str
    pairs: int
    training_seeds: tuple[int, int]
    ours: Scores
    theirs: Scores


def scaling_curves(runs: Sequence[Run], figure: str, target: int) -> list[ScalingCurve]:
    """A curve for each teacher and student; `target`: pairs at which the line is wanted, 0: at the largest size.

    Raises UserError where no arm is trained on a teacher's replies, and where prompts differ.
    """
    measured: dict[tuple[str, str], list[_Measured]] = {}
    for run in runs:
        results, recipe = Results(run), run.recipe
        for arm in recipe.arms:
            if role(arm, recipe) == "taught":
                untouched, student = _untouched(arm, recipe), recipe.students[recipe.arms[arm].student]
                one = _Measured(
                    run.folder.name, arm, _pairs(arm, results.tables), training_seeds(arm, untouched, recipe),
                    results.scores(arm, figure), results.scores(untouched, figure),
                )  # fmt: skip
                measured.setdefault((_teacher(arm, recipe), student.partition("#")[0]), []).append(one)
    if not measured:
        names = ", ".join(run.folder.name for run in runs)
        raise UserError(f"{names}: no arm is trained on a teacher's replies, so there is no gain to draw.")
    return [_curve(*key, sorted(rows, key=lambda row: row.pairs), figure, target) for key, rows in measured.items()]


def _curve(teacher: str, student: str, rows: list[_Measured], figure: str, target: int) -> ScalingCurve:
    _check_prompts(rows, figure)
    both = both_have(*(scores for row in rows for scores in (row.ours, row.theirs)))
    pairs_of = list(zip(both[::2], both[1::2], strict=True))
    points = [
        ScalingPoint(row.run, row.arm, row.pairs, compared(figure, ours, theirs, row.training_seeds))
        for row, (ours, theirs) in zip(rows, pairs_of, strict=True)
    ]
    sizes = [SizedScores(row.pairs, *align(*scores)) for row, scores in zip(rows, pairs_of, strict=True)]
    largest = rows[-1].pairs
    target = target or largest
    if not _has_line(sizes):
        return ScalingCurve(teacher, student, points, False, None, [], [], target, None, None)
    fit = ScalingFit(sizes)
    smaller = [one for one in sizes if one.pairs < largest]
    along = _steps(rows[0].pairs, largest) + (_steps(largest, target)[1:] if target > largest else [])
    return ScalingCurve(
        teacher, student, points, fit.uncovered, fit.slope, along, [fit.at(pairs) for pairs in along], target,
        fit.at(target), ScalingFit(smaller).at(largest) if _has_line(smaller) else None,
    )  # fmt: skip


def _has_line(sizes: list[SizedScores]) -> bool:
    return len({one.pairs for one in sizes}) >= FEWEST_SIZES


def _check_prompts(rows: list[_Measured], figure: str) -> None:
    """Raises UserError where arms were asked different prompts; some figures have no score for some answers."""
    first = rows[0]
    for row in rows[1:]:
        if not has_gaps(figure) and row.ours[0].keys() != first.ours[0].keys():
            raise UserError(
                f"{row.run} ({row.arm}) was scored on other prompts than {first.run} ({first.arm}): evaluate both with the same "
                "evaluate.part, evaluate.limit and languages."
            )


def _steps(first: int, last: int, number: int = 12) -> list[float]:
    """Numbers of pairs at equal steps of their logarithm, both ends among them."""
    return [*(first * (last / first) ** (step / number) for step in range(number)), float(last)]


def _untouched(arm: str, recipe: Recipe) -> str:
    student = recipe.arms[arm].student
    found = next(
        (name for name in recipe.arms if role(name, recipe) == "untouched" and recipe.arms[name].student == student), ""
    )
    if not found:
        raise UserError(
            f"{recipe.name}: {arm} has no untouched arm of its student beside it: add one, and evaluate it."
        )
    return found


def _teacher(arm: str, recipe: Recipe) -> str:
    models = [model for data in recipe.arms[arm].data for model in recipe.data[data].teach.models]
    return ", ".join(dict.fromkeys(model.partition("#")[0] for model in models))


def _pairs(arm: str, tables: RunTables) -> int:
    return int(tables.manifest(Label("train", arm=arm, seed=tables.recipe.arms[arm].train.seeds[0]))["rows"])
