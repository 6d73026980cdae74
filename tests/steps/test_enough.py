"""Too few pairs are said before a teacher is paid and before an arm is trained; --anyway trains all the same."""

from pathlib import Path

import pytest

from secondhalf.api import run
from secondhalf.errors import UserError
from secondhalf.recipe import Recipe, load_recipe
from secondhalf.runs import Label, opened
from secondhalf.steps.enough import check_enough
from support.recipes import tiny_recipe


def _recipe(folder: Path, student: Path, **changes: object) -> Recipe:
    usual = {"train": {"min_pairs": 50, "seeds": [1]}}
    return load_recipe(tiny_recipe(folder / "r.yaml", student, **{**usual, **changes}))


def test_one_document_stops_before_the_teacher_is_asked(tmp_path: Path, student: Path):
    """As a newcomer: one text of many pages, which is one pair unless it is cut into sections."""
    (tmp_path / "texts").mkdir()
    page = (
        "The river rises in the northern hills, and from there it runs past three old mills to the sea near the town. "
    )
    (tmp_path / "texts/guide.txt").write_text(page * 20, "utf-8")
    rules = {rule: {"enabled": False} for rule in ("gopher_repetition", "gopher_quality", "c4", "fineweb", "passages")}
    corpus = {"reader": "text", "path": str(tmp_path / "texts"), "section_words": None}
    recipe = _recipe(tmp_path, student, corpus=corpus, clean=rules)
    with pytest.raises(
        UserError, match=r"original has 1 of 50, taught has 1 of 50 \(train\.min_pairs says why\)"
    ) as caught:
        run(recipe, runs=tmp_path / "runs", store=tmp_path / "store")
    assert "corpus 1, clean 1, deduplicate 1, split:taught 1." in str(caught.value)
    assert "corpus.section_words" in str(caught.value)
    assert "--anyway" in str(caught.value)
    assert not (tmp_path / "store/teach").exists()


def test_few_accepted_pairs_stop_before_training_and_anyway_goes_on(tmp_path: Path, student: Path):
    recipe = _recipe(tmp_path, student)
    fewer = {"runs": tmp_path / "runs", "store": tmp_path / "store", "until": "train"}
    pairs = run(recipe, **{**fewer, "until": "audit"}).stages()
    rows = {str(label): stage.rows() for label, stage in pairs.items()}
    between = (rows["audit:taught"] + rows["split:taught"]) // 2 + 1
    assert rows["audit:taught"] < between <= rows["split:taught"]  # so that the halves alone pass
    recipe = _recipe(tmp_path, student, train={"min_pairs": between, "seeds": [1]})
    with pytest.raises(UserError, match=rf"taught has {rows['audit:taught']} of {between}"):
        run(recipe, **fewer)
    assert not (tmp_path / "store/train").exists()
    with opened(recipe, tmp_path / "runs", tmp_path / "store") as open_run:
        for name in ("taught", "original"):  # what is trained is trained
            label = Label("train", arm=name, seed=1)
            with pytest.raises(UserError, match=f"{name} has 1 of {between}"):
                check_enough(open_run, {name: 1})
            open_run.anyway = True
            check_enough(open_run, {name: 1})
            open_run.anyway = False
            open_run.make(label, (1,), {}, {"arm": name}, lambda stage: {})
            check_enough(open_run, {name: 1})
