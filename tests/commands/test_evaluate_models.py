"""`secondhalf evaluate MODEL ...`: any models, asked and compared without a recipe."""

import json
import shutil
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.commands.evaluate_models import recipe_of

FEW = ["--set", "evaluate.limit=4", "--set", "evaluate.max_tokens=8", "--set", "evaluate.others=2"]


def test_two_models_are_asked_and_compared(tmp_path: Path, student: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(student, "other")
    (tmp_path / "ifeval.jsonl").write_text(
        "".join(
            json.dumps({"key": key, "prompt": f"Say {key} words.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]}) + "\n"
            for key in (1, 2, 3)
        )
    )  # fmt: skip
    command = ["evaluate", str(student), "other", *FEW, "--benchmark", "ifeval=ifeval.jsonl", "--set", "name=two"]
    assert main([*command, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [arm["name"] for arm in facts["arms"]] == [student.name, "other"]
    assert {figure["name"] for figure in facts["arms"][0]["figures"]} >= {"relevance", "checks", "ifeval.strict"}
    # The same weights answer alike: every comparison is of the second with the first, and shows nothing.
    assert {(one["arm"], one["against"]) for one in facts["comparisons"]} == {("other", student.name)}
    assert all(one["noise"] and one["difference"] == 0 for one in facts["comparisons"])
    assert facts["funnel"] == []
    assert "ifeval" in Path("runs/two/report/index.html").read_text("utf-8").lower()
    before = sorted(Path("store").rglob("manifest.json"))
    assert main(command) == 0  # what is there is not asked again
    assert sorted(Path("store").rglob("manifest.json")) == before


def test_names_are_short_and_apart(student: Path):
    twin = student.parent / "twin" / student.name
    shutil.copytree(student, twin)
    recipe = recipe_of([str(student), f"{twin}/"], [], [])
    assert list(recipe.arms) == [student.name, f"{student.name}-2"]
    assert recipe.arms[f"{student.name}-2"].compare_to == [student.name]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "There is no model at nowhere"),
        (["r.yaml", "nowhere"], "one recipe, or models"),
        (["r.yaml", "--benchmark", "ifeval=x"], "one recipe, or models"),
        (["{student}", "--benchmark", "ifeval"], "NAME=PATH"),
        (["{student}", "--benchmark", "ifval=x.jsonl"], "evaluate.benchmarks"),
        (["{student}", "--set", "evaluate.limits=3"], "did you mean limit"),
    ],
)
def test_faults_are_named(arguments: list[str], message: str, student: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["evaluate", *(argument.replace("{student}", str(student)) for argument in arguments)]) == 2
    assert message in capsys.readouterr().err
