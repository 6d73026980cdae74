"""A run and a hub of the test's own: what it began with is what it goes on with, whatever becomes of the branch."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.models.reference import resolve
from secondhalf.recipe import load_recipe
from support.hub_server import Fault, Hub
from support.recipes import tiny_recipe


@pytest.fixture
def hub_with_model(hub: Hub, student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    """org/tiny holds the tiny student; r.yaml trains it."""
    monkeypatch.chdir(tmp_path)
    hub.add("org/tiny", {path.name: path.read_bytes() for path in student.iterdir() if path.is_file()})
    tiny_recipe(
        Path("r.yaml"), "hf:org/tiny@main", corpus={"sample": 40}, train={"seeds": [1]}, arms={"original": None,
        "taught": {"compare_to": None}}, evaluate={"limit": 2},
    )  # fmt: skip
    return hub


def _student() -> str:
    return load_recipe(Path("runs/tiny/recipe.yaml")).students["base"]


def _moved(hub: Hub) -> str:
    """The branch moves to a model that nothing can load."""
    resolve.cache_clear()
    return hub.repositories["model", "org/tiny"].commit({"config.json": b"{}"})


def test_a_branch_that_moves_changes_nothing_of_a_run(hub_with_model: Hub, capsys: pytest.CaptureFixture[str]):
    sha = hub_with_model.repositories["model", "org/tiny"].branches["main"]
    assert main(["audit", "r.yaml"]) == 0
    assert _student() == f"hf:org/tiny@main@{sha}"
    _moved(hub_with_model)
    assert main(["train", "r.yaml"]) == 0, capsys.readouterr().err
    assert _student() == f"hf:org/tiny@main@{sha}"
    assert json.loads(Path("runs/tiny/stages.json").read_text("utf-8")).keys() >= {"train:taught:1"}
    assert main(["export", "tiny", "--arm", "taught", "--as", "adapter", "--out", "out"]) == 0
    config = json.loads(Path("out/adapter/adapter_config.json").read_text("utf-8"))
    assert (config["base_model_name_or_path"], config["revision"]) == ("org/tiny", sha)


def test_the_resolved_recipe_runs_as_it_stands(hub_with_model: Hub):
    sha = hub_with_model.repositories["model", "org/tiny"].branches["main"]
    assert main(["audit", "r.yaml"]) == 0
    _moved(hub_with_model)
    assert main(["audit", "runs/tiny/recipe.yaml", "--set", "name=again"]) == 0
    assert load_recipe(Path("runs/again/recipe.yaml")).students["base"] == f"hf:org/tiny@main@{sha}"


def test_another_revision_is_another_recipe(hub_with_model: Hub, capsys: pytest.CaptureFixture[str]):
    repository = hub_with_model.repositories["model", "org/tiny"]
    first = repository.branches["v1"] = repository.branches["main"]
    assert main(["audit", "r.yaml"]) == 0
    assert main(["audit", "r.yaml", "--set", "students.base=hf:org/tiny@v1"]) == 0  # nothing was trained on it yet
    assert _student() == f"hf:org/tiny@v1@{first}"


def test_offline_the_cache_tells_the_commit(hub_with_model: Hub, monkeypatch: pytest.MonkeyPatch):
    sha = hub_with_model.repositories["model", "org/tiny"].branches["main"]
    resolve("hf:org/tiny@main")
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    hub_with_model.requests.clear()
    assert main(["audit", "r.yaml"]) == 0
    assert _student() == f"hf:org/tiny@main@{sha}"
    assert hub_with_model.requests == []


def test_a_hub_that_fails_stops_only_what_needs_it(hub_with_model: Hub, capsys: pytest.CaptureFixture[str]):
    hub_with_model.faults = [Fault("", 404, times=999)]
    assert main(["audit", "r.yaml"]) == 0
    assert _student() == "hf:org/tiny@main"
    assert main(["train", "r.yaml"]) == 2
    assert "hf:org/tiny@main could not be had" in capsys.readouterr().err
    hub_with_model.faults.clear()
    assert main(["train", "r.yaml"]) == 0
    assert _student().startswith("hf:org/tiny@main@")
