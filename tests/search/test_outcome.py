"""Ranking, limits, the front, p for many trials, and the winner's file."""

from dataclasses import replace
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.recipe import load_recipe
from secondhalf.search.outcome import outcome
from secondhalf.search.page import render
from secondhalf.search.table import as_json, as_text
from secondhalf.search.winner import fresh_seeds, write_winner
from support.recipes import tiny_recipe
from support.searches import evaluated, search_over


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return tiny_recipe(tmp_path / "tiny.yaml", tmp_path)


def test_a_limit_excludes_and_the_front_is_a_trade_off(recipe: Path) -> None:
    over, limits = "train.rank=1,2,3,5,6", ["forgetting<0.5"]
    search = search_over(recipe.parent, recipe, over, figures=["relevance", "forgetting"], limits=limits)
    values = [(0.1, 0.0), (0.9, 0.6), (0.6, 0.3), (0.5, 0.4), (0.3, 0.1)]
    trials = [
        evaluated(search, search.trial(n, search.grid[n - 1] if n else {}), gain, forgetting=loss)
        for n, (gain, loss) in enumerate(values)
    ]
    pruned = replace(search.trial(5, search.grid[4]), state="pruned", reason="forgetting<0.5 is not kept")
    came_out = outcome(search, [*trials, pruned])
    assert [result.trial.number for result in came_out.results] == [2, 3, 4, 0, 1, 5]
    assert came_out.best is not None
    assert came_out.best.trial.number == 2
    assert {result.trial.number for result in came_out.results if result.on_front} == {0, 2, 4}
    assert [result.over for result in came_out.results if result.trial.number == 1] == [("forgetting<0.5",)]
    text = as_text(search, came_out, None)
    assert "rank=2 came out best." in text
    assert "No difference from the recipe as it stands is shown (over prompts alone p = " in text
    assert "One training seed: training noise is not covered, and a claim needs 3." in text
    assert "It differs" not in text
    assert "rank=1 (forgetting<0.5 not kept)" in text
    assert "Trial 5 was not evaluated, it was pruned: forgetting<0.5 is not kept" in text
    assert '"winner": {"train.rank": "2"}' in as_json(search, came_out, None)


def test_p_counts_every_trial_that_was_tried(recipe: Path) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=1,2,3,5")
    start = evaluated(search, search.trial(0, {}), 0.0)
    one = evaluated(search, search.trial(1, search.grid[0]), 0.02)
    alone = outcome(search, [start, one]).results
    failed = [replace(search.trial(n, search.grid[n - 1]), state="failed", reason="no") for n in (2, 3, 4)]
    among = outcome(search, [start, one, *failed]).results
    p_alone, p_among = (next(r.gain.p for r in results if r.gain) for results in (alone, among))
    assert p_among == pytest.approx(min(1.0, 4 * p_alone))
    assert p_alone < 0.25


def test_no_winner_where_the_start_is_best_or_no_trial_keeps_the_limit(recipe: Path) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=1,2", limits=["forgetting<0.5"])
    start = evaluated(search, search.trial(0, {}), 0.5, forgetting=0.1)
    worse = evaluated(search, search.trial(1, search.grid[0]), 0.2, forgetting=0.1)
    best = outcome(search, [start, worse])
    assert "keep it" in as_text(search, best, None)
    assert '"winner": null' in as_json(search, best, None)
    over = [replace(one, measures={**one.measures, "forgetting": one.measures["relevance"]}) for one in (start,)]
    nobody = outcome(search, over)
    assert nobody.best is None
    assert "There is no winner" in as_text(search, nobody, None)


def test_the_winners_file_loads_and_carries_the_setting(recipe: Path) -> None:
    own_seeds = {"arms": {"original": {"train": {"seeds": [7]}}}}
    path = tiny_recipe(recipe.parent / "own.yaml", recipe.parent, **own_seeds)
    path.write_text("# A comment of the user's.\n" + path.read_text())
    over = ["train.learning_rate=1e-3,1e-2", "data.taught.teach.sampling.max_tokens=10,20"]
    search = search_over(recipe.parent, path, *over, confirm_seeds=2, overrides=("train.alpha=8",))
    trials = [
        evaluated(search, search.trial(n, search.grid[n - 1] if n else {}), 0.1 * n) for n in range(search.count + 1)
    ]
    came_out = outcome(search, [*trials[:-1], replace(trials[-1], reason="a\nreason: [of two lines")])
    assert came_out.best is not None
    file, winner = write_winner(search, came_out.best.trial.setting, came_out)
    assert load_recipe(file) == winner
    taught = winner.arms["taught"].train
    assert (taught.learning_rate, taught.alpha, winner.data["taught"].teach.sampling.max_tokens) == (1e-2, 8, 20)
    # Fresh seeds, in arms that name their own too, and the prompts that the search never saw.
    assert fresh_seeds(search) == [8, 9]
    assert all(arm.train.seeds == [8, 9] for arm in winner.arms.values() if arm.data)
    assert winner.evaluate == EvaluateSettings(**{**winner.evaluate.model_dump(), "part": "locked"})
    assert winner.name == "s-winner"
    text = file.read_text()
    assert text.startswith(f"# secondhalf run {file}\n")
    assert "# A comment of the user's." in text
    assert "#   secondhalf search " in text
    assert "rank: 4" in text
    assert YAML(typ="safe").load(text)["train"]["learning_rate"] == 1e-2


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_shows_all_and_escapes_what_others_wrote(recipe: Path, language: str) -> None:
    overrides = (f"report.language={language}",)
    search = search_over(recipe.parent, recipe, "train.rank=1,2,3,5,6", limits=["forgetting<0.5"], overrides=overrides)
    trials = [
        evaluated(search, search.trial(n, search.grid[n - 1] if n else {}), 0.1 * n, forgetting=0.2 * n)
        for n in range(5)
    ]
    hostile = replace(search.trial(5, search.grid[4]), state="failed", reason="<script>alert(1)</script>")
    page = render(search, outcome(search, [*trials, hostile]), None)
    assert f'<html lang="{language}">' in page
    assert "<script" not in page
    assert page.count('class="plot scatter"') == 2
    assert page.count('class="plot bar"') == 1
    assert "rank=2" in page
    assert ("Which fields mattered" in page) == (language == "en")
