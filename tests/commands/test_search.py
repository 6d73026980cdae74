"""`search` end to end with a dummy teacher and a tiny student: shared stages, workers, and the winner confirmed."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from secondhalf.cli import main
from secondhalf.evaluate.everyday.prompts import everyday_part, load_everyday
from secondhalf.recipe import load_recipe
from secondhalf.runs.links import read_links
from secondhalf.search import work as module
from secondhalf.search.trials import TrialFiles
from support.recipes import tiny_recipe

OVER = ["--over", "train.learning_rate=1e-3,1e-1"]


@pytest.fixture
def recipe(tmp_path: Path, student: Path, monkeypatch) -> str:
    monkeypatch.chdir(tmp_path)
    evaluate = {"minimal_pairs": 4, "max_tokens": 4}
    return str(tiny_recipe(tmp_path / "tiny.yaml", student, train={"seeds": [1]}, evaluate=evaluate))


def _prompts(run: Path) -> set[str]:
    """The ids of the everyday prompts that a run's arms answered."""
    stages = [link.stage for label, link in read_links(run).items() if label.stage == "answers"]
    files = [file for stage in stages for file in Path("store", stage).glob("answers-*")]
    return {id for file in files for id in pq.read_table(file).column("id").to_pylist()}


def test_a_grid_equals_the_sweep_and_its_winner_is_confirmed(recipe: str, capsys) -> None:
    assert main(["sweep", recipe, *OVER, "--json"]) == 0
    swept = {
        row["setting"]["train.learning_rate"]: row["mean"]
        for row in json.loads(capsys.readouterr().out)["arms"]["taught"]["settings"]
    }
    search = ["search", recipe, *OVER, "--confirm-seeds", "2", "--limit", "forgotten_en<9", "--json"]
    assert main(search) == 0
    output = json.loads(capsys.readouterr().out)
    trials = {one["trial"]["setting"].get("train.learning_rate"): one["trial"] for one in output["trials"]}
    assert {rate: trials[rate]["measures"]["relevance"]["mean"] for rate in swept} == swept
    # The recipe as it stands beside the sweep's two settings, then it and the winner under two fresh seeds.
    winner, confirmed = output["winner"], output["confirmed"]
    assert len(list(Path("store/train").iterdir())) == 3 + (4 if winner else 0)
    assert len(list(Path("store/split").iterdir())) == 1
    assert {one["trial"]["number"] for one in output["trials"]} == {0, 1, 2}
    chosen = {prompt.id for prompt in everyday_part(load_everyday(), "choose")}
    assert all(_prompts(Path("runs", f"tiny-00{n}")) <= chosen for n in range(3))
    assert winner, "the tiny student is trained better at one of these rates than at the recipe's"
    assert (confirmed["seeds"], confirmed["looks"]) == ([2, 3], 1)
    assert (confirmed["comparison"]["seeds_a"], confirmed["comparison"]["prompts"]) == (2, 6)
    assert confirmed["limits"] == {"forgotten_en<9.0": True} or confirmed["limits"] == {"forgotten_en<9": True}
    for run in ("tiny-winner", "tiny-start"):
        labels = read_links(Path("runs", run))
        assert {label.seed for label in labels if label.stage == "train"} == {2, 3}
        assert _prompts(Path("runs", run))
        assert not _prompts(Path("runs", run)) & chosen
    written = load_recipe(Path("searches/tiny/winner.yaml"))
    rate = float(winner["train.learning_rate"])
    assert (written.arms["taught"].train.learning_rate, written.evaluate.part) == (rate, "locked")
    # Again, nothing is made again, and the text says what may be concluded.
    before = sorted(Path("store").glob("*/*/manifest.json"))
    assert main(search[:-1]) == 0
    text = capsys.readouterr().out
    assert sorted(Path("store").glob("*/*/manifest.json")) == before
    assert "corrected for 2 trials" in text
    assert "Confirmed under fresh training seeds (2, 3):\nOn relevance" in text
    assert "This figure is no evidence of following instructions" in text
    assert Path("searches/tiny/index.html").is_file()


def test_two_workers_share_a_store_and_make_no_stage_twice(recipe: str, capsys) -> None:
    over = ["--over", "train.rank=1,2,8", "--workers", "2", "--confirm-seeds", "0"]
    assert main(["search", recipe, *over, "--limit", "forgotten_en<9", "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["trials"]) == 4
    made = [link.stage for run in Path("runs").iterdir() for link in read_links(run).values() if not link.reused]
    assert len(made) == len(set(made))
    assert set(made) == {str(path.parent.relative_to("store")) for path in Path("store").glob("*/*/manifest.json")}


def test_no_trial_that_keeps_the_limit_is_told_and_pruned(recipe: str, capsys) -> None:
    arguments = ["search", recipe, *OVER, "--limit", "forgotten_en<-99", "--json"]
    assert main(arguments) == 1
    output = json.loads(capsys.readouterr().out)
    assert output["winner"] is None
    assert output["confirmed"] is None
    assert sorted(one["trial"]["state"] for one in output["trials"]) == ["evaluated", "pruned", "pruned"]
    assert len(list(Path("store/evaluate").iterdir())) == 1
    assert not Path("searches/tiny/winner.yaml").exists()


@pytest.mark.parametrize("name", ["../outside", "a/b", "..", ".", "with a blank", "-winner", "n" * 64])
def test_a_name_that_is_none_leads_nowhere(recipe: str, tmp_path: Path, capsys, name: str) -> None:
    before = sorted(tmp_path.iterdir())
    assert main(["search", recipe, *OVER, f"--name={name}", "--searches", "searches"]) == 2
    assert "must be letters, digits, dots, dashes or underscores" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == before


@pytest.mark.extras
def test_adaptive_it_resumes_after_a_kill_with_the_same_trials(recipe: str, monkeypatch, capsys) -> None:
    search = ["search", recipe, "--over", "train.learning_rate=1e-3..1e-1:log", "--trials", "3", "--confirm-seeds", "0"]
    assert main([*search, "--name", "whole"]) in {0, 1}
    evaluate = module._evaluated

    def kill(*arguments):
        if arguments[1].number == 2:
            raise KeyboardInterrupt
        return evaluate(*arguments)

    monkeypatch.setattr(module, "_evaluated", kill)
    assert main([*search, "--name", "killed"]) == 130
    assert [trial.finished for trial in TrialFiles(Path("searches/killed/trials")).read()] == [True, True, False]
    monkeypatch.setattr(module, "_evaluated", evaluate)
    assert main([*search, "--name", "killed"]) in {0, 1}
    whole, killed = (TrialFiles(Path("searches", name, "trials")).read() for name in ("whole", "killed"))
    assert [(one.setting, one.state, one.evaluated) for one in whole] == [
        (one.setting, one.state, one.evaluated) for one in killed
    ]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--over", "train.rank=2,4", "--figure", "margin", "--figure", "cost", "--figure", "stops"], "one figure, or two"),
        (["--over", "train.rank=2,4", "--trials", "0"], "no whole number from 1 on"),
        (["--over", "train.rank=2,4", "--workers", "0"], "no whole number from 1 on"),
        (["--over", "train.rank=2..4"], "a grid tries every value"),
    ],
)  # fmt: skip
def test_what_cannot_be_searched(recipe: str, arguments: list[str], message: str, capsys) -> None:
    assert main(["search", recipe, *arguments]) == 2
    assert message in capsys.readouterr().err
