"""A sweep: settings on the part `choose`, stages shared, and no winner where there is only noise."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.commands.sweep import Setting, as_text, ranked, recipes, settings
from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.prompts import everyday_part, load_everyday
from secondhalf.statistics import Comparison
from support.recipes import tiny_recipe


def test_every_combination_once() -> None:
    combinations = settings(["train.rank=4,8,4", "train.epochs=1, 2"])
    assert combinations == [
        {"train.rank": rank, "train.epochs": epochs} for rank in ("4", "8") for epochs in ("1", "2")
    ]


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (["train.rank"], "write FIELD=VALUE"),
        (["train.rank=4,8", "train.rank=2"], "once"),
        (["train.rank=4"], "two settings"),
        (["evaluate.max_tokens=1,2"], "same documents and prompts"),
        (["corpus.sample=1,2"], "same documents and prompts"),
        (["seed=1,2"], "same documents and prompts"),
    ],
)
def test_what_cannot_be_swept(axes: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        settings(axes)


def test_the_locked_prompts_stay_locked(tmp_path: Path) -> None:
    path = tiny_recipe(tmp_path / "tiny.yaml", tmp_path)
    variants = [recipe for _, recipe in recipes(path, ["train.rank=2,4"], ["evaluate.part=locked"])]
    assert {recipe.evaluate.part for recipe in variants} == {"choose"}
    assert len({recipe.name for recipe in variants}) == 2
    assert [recipe.arms["taught"].train.rank for recipe in variants] == [2, 4]
    with pytest.raises(UserError, match="same recipe"):
        list(
            recipes(
                path,
                ["train.rank=2,4"],
                ["arms.taught.train.rank=8", "arms.original.train.rank=8", "arms.untouched.train.rank=8"],
            )
        )


def _scored(name: str, values: list[float], seeds: int = 3) -> tuple[Setting, list[dict[str, float]]]:
    mean = sum(values) / len(values)
    tables = [{str(id): value for id, value in enumerate(values)} for _ in range(seeds)]
    return Setting({"train.rank": name}, "run", mean, 0, 1, None), tables


def test_noise_has_no_winner_and_a_real_difference_has() -> None:
    base = [0.1 * (n % 7) for n in range(40)]
    wobble = [value + (0.2 if n % 2 else -0.19) for n, value in enumerate(base)]
    worse = [value - 1 + 0.01 * (n % 3) for n, value in enumerate(base)]
    ranking = ranked([_scored("worse", worse), _scored("wobble", wobble), _scored("base", base)], "margin")
    assert [row.setting["train.rank"] for row in ranking] == ["wobble", "base", "worse"]
    assert [row.open for row in ranking] == [True, True, False]
    text = as_text("margin", {"taught": ranking})
    assert "rank=wobble came out best, and cannot be told from rank=base:" in text
    assert "training seed" not in text
    # Where less is better, the least is best.
    assert ranked([_scored("low", worse), _scored("high", base)], "repeats")[0].setting == {"train.rank": "low"}


@pytest.mark.parametrize(("seeds", "words"), [(1, "One training seed"), (2, "2 training seeds")])
def test_under_too_few_seeds_no_setting_is_better(seeds: int, words: str) -> None:
    base = [0.1 * (n % 7) for n in range(40)]
    worse = [value - 1 + 0.01 * (n % 3) for n, value in enumerate(base)]
    ranking = ranked([_scored("worse", worse, seeds), _scored("base", base, seeds)], "margin")
    assert [row.open for row in ranking] == [True, True]
    text = as_text("margin", {"taught": ranking})
    assert f"cannot be told from rank=worse: no difference is shown. {words}: training noise is not covered" in text
    assert "not shown" in text
    assert "better" not in text
    # Three seeds of the one are no evidence against one seed of the other.
    assert ranked([_scored("worse", worse, 1), _scored("base", base, 3)], "margin")[1].open


def test_many_settings_have_to_differ_more() -> None:
    rows = [_scored(str(k), [0.02 * ((n * (k + 3)) % 11) for n in range(40)]) for k in range(6)]
    ranking = ranked(rows, "margin")
    assert all(isinstance(row.against_best, Comparison) for row in ranking[1:])
    alone = ranked([rows[0], rows[3]], "margin")[1].against_best
    among = next(row for row in ranking[1:] if row.setting in ({"train.rank": "0"}, {"train.rank": "3"})).against_best
    assert alone is not None
    assert among is not None
    assert among.p >= alone.p or among.difference != alone.difference


def test_a_sweep_shares_its_stages(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    sweep = [
        "sweep",
        str(tiny_recipe(tmp_path / "tiny.yaml", student)),
        "--over",
        "train.learning_rate=1e-3,1e-1",
        "--set",
        "train.seeds=[1]",
    ]
    assert main([*sweep, "--json"]) == 0
    output = json.loads(capsys.readouterr().out)
    assert output["part"] == "choose"
    assert list(output["arms"]) == ["taught"]  # the control is none of what is chosen
    rows = output["arms"]["taught"]["settings"]
    assert sorted(row["setting"]["train.learning_rate"] for row in rows) == ["1e-1", "1e-3"]
    assert rows[0]["against_best"] is None
    assert rows[1]["against_best"]["prompts"] == 6
    assert all(row["held_out"] > 0 for row in rows)
    counts = {name: len(list(Path("store", name).iterdir())) for name in ("corpus", "split", "train", "evaluate")}
    assert counts == {"corpus": 1, "split": 1, "train": 2, "evaluate": 2}
    chosen_ids = {prompt.id for prompt in everyday_part(load_everyday(), "choose")}
    import pyarrow.parquet as pq

    answered = {
        id for path in Path("store/evaluate").rglob("answers-*") for id in pq.read_table(path).column("id").to_pylist()
    }
    assert answered <= chosen_ids
    # Again, nothing is made again; and a name that is no trained arm is told.
    assert main(sweep) == 0
    assert len(list(Path("store/train").iterdir())) == 2
    assert main([*sweep, "--arm", "untouched"]) == 2
