"""Trials, one after the other: taken up after a kill, pruned, failed, and shared by processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from secondhalf.errors import UserError
from secondhalf.search import work as module
from secondhalf.search.limits import Measure
from secondhalf.search.study import Search
from secondhalf.search.trials import Trial
from secondhalf.search.work import carry_out, work
from secondhalf.store.lock import locked
from secondhalf.train.trainer import DivergedError
from support.recipes import tiny_recipe
from support.searches import evaluated, search_over


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return tiny_recipe(tmp_path / "tiny.yaml", tmp_path)


def _by_rank(search: Search, trial: Trial) -> Trial:
    return evaluated(search, trial, float(trial.setting.get("train.rank", 4)))


def test_a_grid_in_its_order_and_again_nothing(recipe: Path, monkeypatch) -> None:
    carried: list[int] = []

    def carry(search: Search, trial: Trial) -> Trial:
        carried.append(trial.number)
        return _by_rank(search, trial)

    monkeypatch.setattr(module, "carry_out", carry)
    search = search_over(recipe.parent, recipe, "train.rank=2,8", "train.epochs=1,2")
    trials = work(search)
    assert carried == [0, 1, 2, 3, 4]
    assert [trial.setting for trial in trials] == [{}, *search.grid]
    assert work(search) == trials
    assert carried == [0, 1, 2, 3, 4]


def test_a_trial_that_was_left_is_taken_up_and_one_that_is_held_is_not(recipe: Path, monkeypatch) -> None:
    search, carried = search_over(recipe.parent, recipe, "train.rank=2,8"), []
    for number, setting in enumerate([{}, search.grid[0]]):
        search.files.write(search.trial(number, setting))  # as after a kill
    busy = locked(search.folder / "trials" / "000.lock", "")
    busy.__enter__()

    def carry(search: Search, trial: Trial) -> Trial:
        carried.append(trial.number)
        if len(carried) == 2:
            # The other process finishes what it held, and is gone.
            search.files.write(_by_rank(search, replace(search.trial(0, {}))))
            busy.__exit__(None, None, None)
        return _by_rank(search, trial)

    monkeypatch.setattr(module, "carry_out", carry)
    assert all(trial.finished for trial in work(search))
    assert carried == [1, 2]


def test_a_damaged_file_is_named(recipe: Path) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=2,8")
    search.files.write(search.trial(0, {}))
    (search.folder / "trials" / "000.json").write_text("{")
    with pytest.raises(UserError, match=r"000\.json is damaged: remove it"):
        work(search)


@pytest.fixture
def untrained(monkeypatch) -> SimpleNamespace:
    """No stage is made: what a trial's training, probes and evaluation give is said here, by training seed."""
    given = SimpleNamespace(held_out=3.0, forgetting={}, trained=[], error=None)

    @contextmanager
    def opened(recipe, runs, store, *, wait) -> Iterator[SimpleNamespace]:
        assert wait
        yield SimpleNamespace(recipe=recipe)

    def train(search, trial, arms, seed, seeds):
        given.trained.append(seed)
        if given.error:
            raise given.error
        return replace(
            trial, held_out=given.held_out, held_out_pairs="p", measures={"forgetting": given.forgetting[seed]}
        )

    monkeypatch.setattr(module, "opened", opened)
    monkeypatch.setattr(module, "check_students", lambda run: None)
    monkeypatch.setattr(module, "arms_alone", lambda run: None)
    monkeypatch.setattr(module, "_trained", train)
    monkeypatch.setattr(module, "scored_arm", lambda arms, arm: [])
    monkeypatch.setattr(module, "figures_of", lambda stages: {"relevance": Measure(1, 1, 1)})
    monkeypatch.setattr(module, "cost_of", lambda run, arm: Measure(1, 1, 1))
    return given


def test_pruned_by_a_limit_as_soon_as_it_is_sure(recipe: Path, untrained: SimpleNamespace) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=2,8", limits=["forgetting<0.1"])
    trial = search.trial(1, search.grid[0])
    # Passed under the first of two seeds: the second is not trained.
    untrained.forgetting = {1: Measure(0.3, 0.2, 0.4)}
    ended = carry_out(search, trial)
    assert (ended.state, ended.reason, untrained.trained) == ("pruned", "forgetting<0.1 is not kept", [1])
    # Undecided under the first, not surely kept under both: not evaluated.
    untrained.forgetting = {1: Measure(0.1, 0.0, 0.2), 2: Measure(0.05, 0.0, 0.11)}
    assert carry_out(search, trial).state == "pruned"
    untrained.forgetting[2] = Measure(0.05, 0.0, 0.09)
    assert carry_out(search, trial).state == "evaluated"
    # The recipe as it stands is what all are compared with: never pruned. Nor is any where pruning is off.
    untrained.forgetting[2] = Measure(1, 1, 1)
    assert carry_out(search, search.trial(0, {})).state == "evaluated"
    free = search_over(recipe.parent, recipe, "train.rank=2,8", name="free", limits=["forgetting<0.1"], prune="none")
    assert carry_out(free, trial).state == "evaluated"


def test_pruned_above_the_median_of_trials_with_the_same_held_out_pairs(
    recipe: Path, untrained: SimpleNamespace
) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=1,2,3,5,6,8", prune="all")
    untrained.forgetting = dict.fromkeys((1, 2), Measure(0, 0, 0))
    for number, (loss, pairs) in enumerate([(2.0, "p"), (3.0, "p"), (4.0, "p"), (0.1, "others")]):
        search.files.write(replace(search.trial(number, {}), state="evaluated", held_out=loss, held_out_pairs=pairs))
    trial, untrained.held_out = search.trial(5, search.grid[4]), 9.0
    assert carry_out(search, trial).state == "evaluated"  # three losses make no median
    search.files.write(replace(search.trial(4, {}), state="pruned", held_out=5.0, held_out_pairs="p"))
    assert carry_out(search, trial).reason == "held-out loss 9.0000, the median of 4 trials is 3.5000"
    untrained.held_out = 3.5
    assert carry_out(search, trial).state == "evaluated"


def test_what_fails_is_noted_and_what_would_fail_again_is_raised(recipe: Path, untrained: SimpleNamespace) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=2,8")
    untrained.error = DivergedError("the loss is no number")
    ended = carry_out(search, search.trial(1, search.grid[0]))
    assert (ended.state, ended.reason) == ("failed", "the loss is no number")
    broken = carry_out(search, search.trial(1, {"train.rank": "0"}))
    assert broken.state == "failed"
    assert "train.rank" in broken.reason
    untrained.error = UserError("the disk is full")
    with pytest.raises(UserError, match="disk"):
        carry_out(search, search.trial(1, search.grid[0]))
