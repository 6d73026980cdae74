"""What teaching would take; and where the sample does not come so far, why, in words that fit the recipe."""

from pathlib import Path

from secondhalf.commands.doctor.teaching import teaching
from secondhalf.recipe import load_recipe
from support.recipes import tiny_recipe


def test_advice_names_the_recipes_own_run(tmp_path: Path) -> None:
    recipe = load_recipe(tiny_recipe(tmp_path / "r.yaml", name="mine", clean={"length": {"min_words": 5000}}))
    estimates, [finding], drawn = teaching(recipe, tmp_path / "store")
    assert estimates == []
    assert drawn is None
    assert "`secondhalf show mine clean`" in finding.message
    assert list(tmp_path.iterdir()) == [tmp_path / "r.yaml"]


def test_a_sample_stands_for_the_whole(tmp_path: Path) -> None:
    estimates, findings, drawn = teaching(load_recipe(tiny_recipe(tmp_path / "r.yaml")), tmp_path / "store")
    assert findings == []
    assert drawn is not None
    assert drawn.read > drawn.sampled == 70
    assert 300 < drawn.document_bytes < 2000  # sections of 120 words
    assert drawn.stored_bytes > drawn.halves_bytes > 0
    assert [estimate.data for estimate in estimates] == ["taught"]
