"""A search is begun once, and faults are told before its first trial."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.search.study import start_of
from support.recipes import tiny_recipe
from support.searches import search_over


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    return tiny_recipe(tmp_path / "tiny.yaml", tmp_path)


@pytest.mark.parametrize(
    ("over", "changes", "message"),
    [
        (["train.seeds=1,2"], {}, "training seeds are the recipe's"),
        (["arms.taught.train.seeds=[1],[2]"], {}, "training seeds are the recipe's"),
        (["evaluate.primary=margin,ranking"], {}, "the same prompts"),
        (["train.rnak=2,4"], {}, "did you mean rank"),
        (["train.rank=0,4"], {}, "train.rank"),
        (["train.rank=0..4"], {"trials": 3}, "train.rank"),
        (["train.checkpoint_steps=2,4"], {}, "come to the same recipe"),
        (["train.checkpoint_steps=2..4"], {"trials": 3}, "come to the same recipe"),
        (["train.rank=2..4"], {}, "a grid tries every value"),
        (["train.rank=4"], {}, "other than the recipe's own"),
        (["train.rank=2,4"], {"figures": ["relevanse"]}, "did you mean relevance"),
        (["train.rank=2,4"], {"figures": ["forgetting"]}, "the first figure is compared prompt by prompt"),
        (["train.rank=2,4"], {"figures": ["margin", "margin"]}, "named twice"),
        (["train.rank=2,4"], {"limits": ["forgot<1"]}, "--limit forgot: trials do not measure it"),
        (["train.rank=2,4"], {"overrides": ["evaluate.others=0", "evaluate.primary=checks"], "figures": ["margin"]}, "--figure margin: it is not measured with"),
        (["train.rank=2,4"], {"name": "a b"}, "--name a b"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched(recipe: Path, over: list[str], changes: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        search_over(recipe.parent, recipe, *over, **changes)
    assert not (recipe.parent / "searches").exists()


def test_a_search_goes_on_and_another_one_does_not(recipe: Path) -> None:
    search = search_over(recipe.parent, recipe, "train.rank=2,8", prune="none")
    assert search.count == 2
    assert search.command.startswith("secondhalf search ")
    search_over(recipe.parent, recipe, "train.rank=2,8", prune="none", confirm_seeds=5)
    with pytest.raises(UserError, match=r"another search \(over differ\): give this one a --name"):
        search_over(recipe.parent, recipe, "train.rank=2,16", prune="none")
    with pytest.raises(UserError, match="another search"):
        search_over(recipe.parent, recipe, "train.rank=2,8", prune="none", overrides=("train.alpha=4",))
    recipe.write_text(recipe.read_text().replace("rank: 4", "rank: 6"))
    with pytest.raises(UserError, match=r"another search \(start differ\)"):
        search_over(recipe.parent, recipe, "train.rank=2,8", prune="none")


def test_trials_choose_on_the_prompts_to_choose_on(recipe: Path) -> None:
    search = search_over(recipe.parent, recipe, "corpus.sample=50,60", overrides=("evaluate.part=locked",))
    trial = search.recipe(search.trial(1, search.grid[0]))
    assert (trial.evaluate.part, trial.corpus.sample, trial.name, trial.probes.pairs) == ("choose", 50, "s-001", 0)
    leaks = search_over(recipe.parent, recipe, "train.rank=2,8", name="leaks", limits=["leak_reply<0.1"])
    assert leaks.recipe(leaks.trial(0, {})).probes.pairs > 0
    assert leaks.probed
    assert not search.probed
    # A small space ends the search before its number of trials.
    assert search_over(recipe.parent, recipe, "train.rank=2,8", name="few", trials=9).count == 2


def test_the_arm_that_is_searched(recipe: Path) -> None:
    assert start_of(recipe, [], "")[2] == "taught"
    assert start_of(recipe, [], "original")[2] == "original"
    with pytest.raises(UserError, match="no arm of that name is trained; there are taught"):
        start_of(recipe, [], "untouched")
    two = tiny_recipe(
        recipe.parent / "two.yaml", recipe.parent, arms={"more": {"student": "base", "data": {"taught": 1}}}
    )
    with pytest.raises(UserError, match="name the arm that is searched; there are taught, more"):
        start_of(two, [], "")
