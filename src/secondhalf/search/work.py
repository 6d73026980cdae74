"""Carries out the trials of a search, one after the other, beside other processes that do the same.

A process takes up a trial that was left by one that was killed, or else has the next one chosen. Where all are taken it waits
until they are finished. Stages that another process is making are waited for, and never made twice.
"""

import logging
import time
from contextlib import ExitStack
from dataclasses import replace
from statistics import median

from secondhalf.errors import UserError
from secondhalf.pipeline import arms_alone, scored_arm
from secondhalf.recipe import Recipe
from secondhalf.runs import OpenRun, opened
from secondhalf.search.adaptive import propose
from secondhalf.search.axes import named
from secondhalf.search.limits import Measure
from secondhalf.search.measures import COST, PROBED, cost_of, figures_of, held_out_loss, held_out_pairs, probes_of
from secondhalf.search.study import Search
from secondhalf.search.trials import Trial
from secondhalf.steps.arms import Arms, check_students
from secondhalf.store.lock import locked
from secondhalf.text.nearest import hint
from secondhalf.train.trainer import DivergedError

_LOG = logging.getLogger(__name__)
_ENOUGH = 4
"""Trials that a median is taken of, at least."""
_EVERY = 0.5  # seconds between two looks at what others finished


def work(search: Search) -> list[Trial]:
    """Carries out trials until all are finished; returns them by number. Raises UserError for what the user can mend."""
    while True:
        with ExitStack() as held:
            trial, trials = _next(search, held)
            if trial:
                _LOG.info(
                    "trial %d of %d: %s", trial.number, search.count, named(trial.setting) or "the recipe as it stands"
                )
                search.files.write(carry_out(search, trial))
                continue
        if all(one.finished for one in trials):
            return trials
        time.sleep(_EVERY)


def _next(search: Search, held: ExitStack) -> tuple[Trial | None, list[Trial]]:
    """The trial that this process works on now, its lock in `held`; None where there is none for it. And all trials."""
    with locked(search.folder / ".lock", "", wait=True):
        left = search.files.take_up(held)
        trials = search.files.read()
        if left or len(trials) > search.count:
            return left, trials
        number = len(trials)
        if number == 0:
            trial = search.trial(0, {})
        elif not search.settings.adaptive:
            trial = search.trial(number, search.grid[number - 1])
        elif proposal := propose(search, trials):
            trial = search.trial(number, *proposal)
        else:
            _LOG.info("no setting is proposed that was not tried: the search ends after %d", number - 1)
            return None, trials
        held.enter_context(search.files.working(trial))
        search.files.write(trial)
        return trial, [*trials, trial]


def carry_out(search: Search, trial: Trial) -> Trial:
    """The trial as it ended: evaluated, pruned or failed.

    It fails where the setting does not fit together and where its loss is no number. Everything else that goes wrong is raised:
    it would go wrong in the next trial too.
    """
    try:
        recipe = search.recipe(trial)
    except UserError as error:
        return replace(trial, state="failed", reason=str(error))
    with opened(recipe, search.runs, search.store, wait=True) as run:
        check_students(run)
        try:
            return _evaluated(search, trial, run)
        except DivergedError as error:
            return replace(trial, state="failed", reason=str(error))


def _evaluated(search: Search, trial: Trial, run: OpenRun) -> Trial:
    arm, arms = search.settings.arm, arms_alone(run)
    seeds, prunes = run.recipe.arms[arm].train.seeds, search.settings.prune != "none" and trial.number > 0
    for place, seed in enumerate(seeds, 1):
        trial = _trained(search, trial, arms, seed, seeds[:place])
        passed = [limit for limit in search.limits if limit.figure in PROBED & set(trial.measures)]
        if place < len(seeds):
            over = [limit for limit in passed if limit.passed(trial.measures[limit.figure])]
        else:
            over = [limit for limit in passed if not limit.kept(trial.measures[limit.figure])]
        reason = ", ".join(f"{limit} is not kept" for limit in over)
        if place == 1 and not reason and search.settings.prune == "all":
            reason = _above_the_median(search, trial)
        if prunes and reason:
            return replace(trial, state="pruned", reason=reason)
    stages = [evaluated for _, evaluated in scored_arm(arms, arm)]
    measures = trial.measures | figures_of(stages) | {COST: cost_of(run, arm)}
    _check_figures(search, measures, run.recipe)
    keys = [f"{stage.name}/{stage.key}" for stage in stages]
    return replace(trial, state="evaluated", measures=measures, evaluated=keys)


def _trained(search: Search, trial: Trial, arms: Arms, seed: int, seeds: list[int]) -> Trial:
    """The trial with its arm trained under one more seed, and probed under all so far where that is wanted."""
    arm = search.settings.arm
    stage = arms.train(arm, seed)
    arms.adapter(arm, seed)
    if seed == seeds[0]:
        trial = replace(trial, held_out=held_out_loss(stage), held_out_pairs=held_out_pairs(stage))
    measures: dict[str, Measure] = {COST: cost_of(arms.run, arm)}
    if search.probed:
        arms.probe(arm, seed)
        measures |= probes_of(arms.run, arm, seeds)
    return replace(trial, measures=trial.measures | measures)


def _above_the_median(search: Search, trial: Trial) -> str:
    """Why a trial is pruned by its held-out loss; empty where it is not."""
    others = [
        one.held_out
        for one in search.files.read()
        if one.finished and one.held_out is not None and one.held_out_pairs == trial.held_out_pairs
    ]
    if trial.held_out is None or len(others) < _ENOUGH or trial.held_out <= median(others):
        return ""
    return f"held-out loss {trial.held_out:.4f}, the median of {len(others)} trials is {median(others):.4f}"


def _check_figures(search: Search, measures: dict[str, Measure], recipe: Recipe) -> None:
    for option, figure in (
        *(("--figure", figure) for figure in search.settings.figures),
        *(("--limit", limit.figure) for limit in search.limits),
    ):
        if figure not in measures:
            why = " (probes.documents is 0: raise it)" if figure in PROBED and not recipe.probes.documents else ""
            raise UserError(f"{option} {figure}: trials do not measure it{why}{hint(figure, sorted(measures))}")
