"""A whole recipe on a cluster, to its report: the data, the training and the answers."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf import api
from support.clusters import cluster_of
from support.recipes import tiny_recipe


@pytest.mark.soak
@pytest.mark.extras
def test_a_whole_recipe_on_two_nodes(student: Path, tmp_path: Path) -> None:
    # The arm that is trained whole answers from weights that the nodes do not have.
    whole = {"student": "base", "data": {"taught": 1}, "train": {"method": "full"}, "compare_to": ["untouched"]}
    arms = {"original": None, "taught": None, "whole": whole}
    changes: dict[str, Any] = {"train": {"seeds": [1], "processes": 2}, "arms": arms}
    recipe = tiny_recipe(tmp_path / "recipe.yaml", student, **changes)
    places = {"runs": tmp_path / "runs", "store": tmp_path / "store"}
    with cluster_of(3) as cluster:
        fields = {"cluster.address": cluster.address, "cluster.train": True, "cluster.evaluate": True}
        api.run(api.load(recipe, engine="ray", **fields), **places)
    assert "<html" in (tmp_path / "runs" / "tiny" / "report" / "index.html").read_text("utf-8")
    stages = api.find_run("tiny", **places).stages()
    trained = [stage for label, stage in stages.items() if label.stage == "train"]
    assert [stage.manifest["workers"] for stage in trained] == [2]
    answers = [stage for label, stage in stages.items() if label.stage == "answers"]
    assert [stage.rows("answers") for stage in answers] == [6, 6]
    # What was made there is what a run here would make: nothing is made again.
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "store").glob("*/*/manifest.json")}
    api.run(api.load(recipe), **places)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "store").glob("*/*/manifest.json")} == made
