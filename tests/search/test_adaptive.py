"""Optuna's choice: the same after a kill, within the axes, told of limits; and what is said where Optuna is missing."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.search import work as module
from secondhalf.search.adaptive import check_optuna, propose
from secondhalf.search.study import Search
from secondhalf.search.trials import Trial
from secondhalf.search.work import work
from support.recipes import tiny_recipe
from support.searches import evaluated, search_over

AXES = ("train.learning_rate=1e-4..1e-1:log", "train.rank=1..8", "train.schedule=cosine,constant")


def _objective(search: Search, trial: Trial) -> Trial:
    rate = float(trial.setting.get("train.learning_rate", 1e-3))
    rank = int(trial.setting.get("train.rank", 4))
    if rank == 8:
        return replace(trial, state="failed", reason="too large")
    return evaluated(search, trial, -abs(rate - 0.01) * 10 + rank / 100, forgetting=rank / 10)


@pytest.fixture
def recipe(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(module, "carry_out", _objective)
    return tiny_recipe(tmp_path / "tiny.yaml", tmp_path)


def test_a_sentence_where_optuna_is_missing(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(UserError, match=r"pip install .*\[search\]'`; a grid \(without --trials\) needs nothing"):
        check_optuna()


@pytest.mark.extras
@pytest.mark.parametrize("kill_at", [3, 14])
def test_killed_it_goes_on_with_the_settings_that_it_would_have_had(recipe: Path, monkeypatch, kill_at: int) -> None:
    options = {"trials": 18, "figures": ["relevance", "forgetting"], "limits": ["forgetting<0.7"]}
    whole = [trial.setting for trial in work(search_over(recipe.parent, recipe, *AXES, name="whole", **options))]
    assert len(whole) == 19
    assert len({json.dumps(setting) for setting in whole}) == 19
    killed = search_over(recipe.parent, recipe, *AXES, name="killed", **options)

    def kill(search: Search, trial: Trial) -> Trial:
        if trial.number == kill_at:
            raise KeyboardInterrupt
        return _objective(search, trial)

    monkeypatch.setattr(module, "carry_out", kill)
    with pytest.raises(KeyboardInterrupt):
        work(killed)
    (killed.folder / "study.jsonl").write_bytes(b'{"op_code":4,"wor')  # what a kill may leave of Optuna's journal
    monkeypatch.setattr(module, "carry_out", _objective)
    assert [trial.setting for trial in work(killed)] == whole
    # Raised, the number of trials only adds to them; another seed chooses others.
    more = search_over(recipe.parent, recipe, *AXES, name="killed", **{**options, "trials": 20})
    assert [trial.setting for trial in work(more)][:19] == whole
    other = search_over(recipe.parent, recipe, *AXES, name="other", **{**options, "seed": 2})
    assert [trial.setting for trial in work(other)][1:4] != whole[1:4]


@pytest.mark.extras
def test_it_looks_where_it_is_better(recipe: Path) -> None:
    trials = work(search_over(recipe.parent, recipe, AXES[0], trials=30))
    rates = [float(trial.setting["train.learning_rate"]) for trial in trials[1:]]
    assert all(1e-4 <= rate <= 1e-1 for rate in rates)
    near = [0.003 < rate < 0.03 for rate in rates]
    assert sum(near[15:]) > sum(near[:15])


@pytest.mark.extras
def test_a_small_space_is_tried_once_and_then_ends(recipe: Path) -> None:
    trials = work(search_over(recipe.parent, recipe, "train.rank=1..3", "train.schedule=cosine,constant", trials=40))
    assert len({json.dumps(trial.setting) for trial in trials[1:]}) == len(trials) - 1
    assert 5 <= len(trials) - 1 <= 6


@pytest.mark.extras
def test_its_journal_is_one_that_optuna_reads_and_holds_no_pickles(recipe: Path) -> None:
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    search = search_over(recipe.parent, recipe, *AXES, trials=6, limits=["forgetting<0.4"])
    trials = work(search)
    assert propose(search, trials)
    journal = search.folder / "study.jsonl"
    assert all(json.loads(line) for line in journal.read_text().splitlines())
    study = optuna.load_study(study_name="s", storage=JournalStorage(JournalFileBackend(str(journal))))
    expected = {json.dumps(one.params): one for one in study.trials}
    for trial in trials[1:]:
        if trial.state == "evaluated":
            one = expected[json.dumps(trial.point)]
            assert one.values == [trial.measures["relevance"].mean]
            assert one.constraints["forgetting<0.4"] == pytest.approx(trial.measures["forgetting"].mean - 0.4)
