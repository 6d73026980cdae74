"""A flow that ran dry stops where it did, with the reason and the field, before anything that would be for nothing."""

from pathlib import Path

import pytest

from secondhalf.api import run
from secondhalf.errors import UserError
from secondhalf.recipe import load_recipe
from support.recipes import tiny_recipe

EMPTIED = [
    ({"clean": {"length": {"min_words": 9000}}}, r"clean refused all of its 70 rows: 70 too short \(clean\.length\)", "clean"),
    ({"clean": {"gopher_quality": {"min_letter_words": 1.0, "min_words": 0}}},
     r"\(clean\.gopher_quality\.min_letter_words\)|\(clean\.gopher_quality", "clean"),
    ({"clean": {"language": {"allowed": ["ja"]}}}, r"\(clean\.language\)", "clean"),
    ({"split": {"min_prompt_words": 20, "min_original_words": 9000}}, r"split taught refused all .* \(split\)", "split"),
    ({"audit": {"min_words": 9000}}, r"audit taught refused all .* \(audit\.min_words\)", "audit"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "sentence", "stage"), EMPTIED)
def test_it_stops_at_the_stage_that_left_nothing(tmp_path: Path, changes: dict[str, object], sentence: str, stage: str):
    recipe = load_recipe(tiny_recipe(tmp_path / "r.yaml", **changes))
    with pytest.raises(UserError, match=sentence) as caught:
        run(recipe, until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
    assert f"`secondhalf show tiny {stage}`" in str(caught.value)
    assert {path.name for path in (tmp_path / "store").iterdir() if path.name == "teach"} <= (
        {"teach"} if stage == "audit" else set()
    )


def test_japanese_too(tmp_path: Path):
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts/a.txt").write_text("東京の天気は晴れのち曇りで、午後からは風が強くなります。" * 8, "utf-8")
    changes = {"corpus": {"reader": "text", "path": str(tmp_path / "texts")}, "clean": {"length": {"min_words": 9000}}}
    recipe = load_recipe(tiny_recipe(tmp_path / "r.yaml", **changes))
    with pytest.raises(UserError, match=r"clean refused all of its 1 rows: 1 too short \(clean\.length\)"):
        run(recipe, until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
