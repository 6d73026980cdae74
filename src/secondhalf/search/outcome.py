"""What a search came to: every trial against the recipe as it stands, the front, the best, and which fields mattered.

p is corrected for the number of trials (Holm), those that were pruned or failed included: they were tried too. All of it is
from the prompts to choose on, so the best one's figure errs on the good side; `confirm.py` has the prompts that were not seen.
"""

from dataclasses import dataclass, replace

from secondhalf import statistics
from secondhalf.analysis.figures import both_have, has_gaps
from secondhalf.analysis.safety import compared
from secondhalf.search.importance import field_importance
from secondhalf.search.limits import Limit
from secondhalf.search.measures import less_is_better, scores_of
from secondhalf.search.study import Search
from secondhalf.search.trials import Trial
from secondhalf.store import Stage


@dataclass(frozen=True)
class Result:
    """One trial among the others."""

    trial: Trial
    gain: statistics.Comparison | None = None
    """On the first figure, the trial minus the recipe as it stands, prompt by prompt; p is corrected for the number of trials.
    None for the recipe itself, and where one of the two was not evaluated."""
    over: tuple[str, ...] = ()
    """The limits that it does not surely keep."""
    on_front: bool = False
    """With two figures: no trial that keeps the limits is better in one of them and as good in the other."""


@dataclass(frozen=True)
class Outcome:
    """All trials, the best first: those that keep the limits by the first figure, then the others, then those not evaluated."""

    figures: tuple[str, ...]
    limits: tuple[Limit, ...]
    results: tuple[Result, ...]
    importance: dict[str, float]
    """For each field the share of the first figure's variance over the evaluated trials that it alone explains."""

    @property
    def best(self) -> Result | None:
        """The best trial that keeps the limits, which may be the recipe as it stands; None where none keeps them."""
        first = self.results[0] if self.results else None
        return first if first and first.trial.state == "evaluated" and not first.over else None

    @property
    def tried(self) -> int:
        """How many settings were tried, the recipe as it stands aside."""
        return sum(result.trial.number > 0 for result in self.results)


def outcome(search: Search, trials: list[Trial]) -> Outcome:
    """What finished trials came to."""
    figures, start = search.settings.figures, next((one for one in trials if one.number == 0), None)
    results = [Result(trial, _gain(search, trial, start), _limits_passed(search, trial)) for trial in trials]
    results = _on_front(_corrected(results), figures)
    results.sort(key=lambda result: _place(result, figures[0]))
    evaluated = [trial for trial in trials if trial.number > 0 and trial.state == "evaluated"]
    values = [(trial.setting, trial.measures[figures[0]].mean) for trial in evaluated]
    return Outcome(tuple(figures), tuple(search.limits), tuple(results), field_importance(search.axes, values))


def compare_stages(
    search: Search, figure: str, mine: list[str] | list[Stage], theirs: list[str] | list[Stage]
) -> statistics.Comparison:
    """The evaluate stages (or their STAGE/KEY) of one arm against another's, prompt by prompt."""
    sides = [
        scores_of([one if isinstance(one, Stage) else Stage(search.store / one) for one in side], figure)
        for side in (mine, theirs)
    ]
    mine_scores, their_scores = both_have(*sides) if has_gaps(figure) else sides
    return compared(figure, mine_scores, their_scores, (len(mine_scores), len(their_scores)))


def _gain(search: Search, trial: Trial, start: Trial | None) -> statistics.Comparison | None:
    if start is None or trial.number == 0 or not (trial.evaluated and start.evaluated):
        return None
    return compare_stages(search, search.settings.figures[0], trial.evaluated, start.evaluated)


def _limits_passed(search: Search, trial: Trial) -> tuple[str, ...]:
    return tuple(
        str(limit)
        for limit in search.limits
        if limit.figure in trial.measures and not limit.kept(trial.measures[limit.figure])
    )


def _corrected(results: list[Result]) -> list[Result]:
    # What was pruned or failed was tried as well: it counts, with the p of no difference.
    ps = statistics.holm([result.gain.p if result.gain else 1.0 for result in results if result.trial.number > 0])
    by_number = dict(zip((result.trial.number for result in results if result.trial.number > 0), ps, strict=True))
    return [
        replace(result, gain=replace(result.gain, p=p, noise=result.gain.noise or p >= 0.05))
        if result.gain and (p := by_number[result.trial.number]) is not None
        else result
        for result in results
    ]


def _on_front(results: list[Result], figures: list[str]) -> list[Result]:
    if len(figures) < 2:
        return results
    signs = [-1 if less_is_better(figure) else 1 for figure in figures]
    points = {
        result.trial.number: [
            sign * result.trial.measures[figure].mean for sign, figure in zip(signs, figures, strict=True)
        ]
        for result in results
        if result.trial.state == "evaluated" and not result.over
    }

    def beaten(mine: list[float]) -> bool:
        return any(other != mine and all(b >= a for a, b in zip(mine, other, strict=True)) for other in points.values())

    return [
        replace(result, on_front=(mine := points.get(result.trial.number)) is not None and not beaten(mine))
        for result in results
    ]


def _place(result: Result, figure: str) -> tuple[int, float, int]:
    trial = result.trial
    if trial.state != "evaluated":
        return 2, 0.0, trial.number
    value = trial.measures[figure].mean
    return int(bool(result.over)), value if less_is_better(figure) else -value, trial.number
