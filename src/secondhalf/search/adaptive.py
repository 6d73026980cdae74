"""The next setting of an adaptive search: Optuna's TPE (Bergstra et al. 2011; arXiv 2304.11127) over the trials so far.

Optuna's journal, study.jsonl, is written anew from the trials' files before each choice. So nothing that a kill leaves of it
can do harm, and each choice depends on the search's seed, the trial's number and the trials before it alone: a search of one
process that was killed goes on with the settings that it would have had. What the file holds, Optuna's own tools read.
"""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.search.axes import Axis, Setting
from secondhalf.search.measures import less_is_better
from secondhalf.search.study import Search
from secondhalf.search.trials import Trial

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

_TRIES = 50  # Proposals in a row that were tried before: then the space is taken to be used up.


def check_optuna() -> None:
    """Raises UserError where Optuna is missing."""
    try:
        import optuna  # noqa: F401
    except ImportError as error:
        raise UserError(
            f"--trials needs Optuna: {install.extra('search')}; a grid (without --trials) needs nothing more."
        ) from error


def propose(search: Search, trials: list[Trial]) -> tuple[Setting, dict[str, Any]] | None:
    """The next setting and the point that Optuna chose for it; None when nothing new is proposed any more."""
    tried = [trial.setting for trial in trials]
    for attempt in range(_TRIES):
        point = _suggest(search, trials, attempt)
        setting = {axis.field: _as_option(axis, point[axis.field]) for axis in search.axes}
        if setting not in tried:
            return setting, point
    return None


def _as_option(axis: Axis, value: Any) -> str:
    return str(value) if axis.range is None else axis.range.written(value)


def _suggest(search: Search, trials: list[Trial], attempt: int) -> dict[str, Any]:
    check_optuna()
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    path = search.folder / "study.jsonl"
    for stale in (path, Path(f"{path}.lock")):
        stale.unlink(missing_ok=True)
    # Each choice has a seed of its own: one generator would begin anew after every kill, and choose what it chose before.
    seed = int(digest(str(search.settings.seed), str(len(trials)), str(attempt), size=8), 16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        study = optuna.create_study(
            storage=JournalStorage(JournalFileBackend(str(path))),
            study_name=search.name,
            sampler=optuna.samplers.TPESampler(seed=seed, multivariate=True),
            directions=["minimize" if less_is_better(figure) else "maximize" for figure in search.settings.figures],
        )
        distributions = {axis.field: _distribution(axis) for axis in search.axes}
        study.add_trials([_frozen_trial(search, trial, distributions) for trial in trials if trial.point])
        return dict(study.ask(distributions).params)


def _distribution(axis: Axis) -> "BaseDistribution":
    from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution

    if axis.range is None:
        return CategoricalDistribution(axis.values)
    low, high, log = axis.range.low, axis.range.high, axis.range.log
    return IntDistribution(int(low), int(high), log=log) if axis.range.whole else FloatDistribution(low, high, log=log)


def _frozen_trial(search: Search, trial: Trial, distributions: dict[str, "BaseDistribution"]) -> "FrozenTrial":
    """A trial as Optuna knows it. Its constraints are kept where they are 0 or less."""
    from optuna.trial import TrialState, create_trial

    states = {
        "running": TrialState.RUNNING,
        "evaluated": TrialState.COMPLETE,
        "pruned": TrialState.PRUNED,
        "failed": TrialState.FAIL,
    }
    values = [trial.measures[figure].mean for figure in search.settings.figures] if trial.state == "evaluated" else None
    limits = [limit for limit in search.limits if limit.figure in trial.measures]
    return create_trial(
        state=states[trial.state],
        values=values,
        params=trial.point,
        distributions=distributions,
        constraints={str(limit): limit.excess(trial.measures[limit.figure]) for limit in limits},
    )
