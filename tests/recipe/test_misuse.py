"""What a recipe may not say though each word of it is right: what would count twice, divide by nothing or go unused in silence."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.recipe import load_recipe
from secondhalf.recipe.file import read_overrides
from support.recipes import tiny_recipe


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        ("train.seeds=[1, 2, 1]", r"train\.seeds: 1 is named twice; once is enough"),
        ("train.loggers=[mlflow, mlflow]", r"train\.loggers: mlflow is named twice"),
        ("arms.taught.compare_to=[original, original]", r"compare_to: original is named twice"),
        ("arms.taught.compare_to=[taught]", r"arms\.taught\.compare_to: an arm is compared with others; take taught away"),
        ("clean.filters=[a:b, a:b]", r"clean\.filters: a:b is named twice"),
        ("audit.checks=[a:b, a:b]", r"audit\.checks: a:b is named twice"),
        ("evaluate.leaderboard.tasks=[x, x]", r"tasks: x is named twice"),
        ("evaluate.safety.sets=[x.csv, x.csv]", r"sets: x\.csv is named twice"),
        ("arms.taught.data={taught: 1, original: 1e308}", r"arms\.taught\.data\.original: a share is above 0"),
        ("corpus={per: language, shares: {en: 1, ja: 0}}", r"corpus\.shares\.ja: a share is above 0"),
        ("corpus={per: language, shares: {en: -1}}", r"corpus\.shares\.en: a share is above 0"),
        ("data.taught.teach.teachers={a: {model: dummy, share: 1e-320}}", r"share: a share is above 0"),
        ("corpus.shares={en: 1}", r"corpus: shares: .*add per: source or per: language"),
        ("corpus.path=docs", r"corpus: path: the reader pydoc reads no path; write reader: folder"),
        ("students.base=''", r"students\.base: nothing is named: write a name or a path"),
        ("teach.model=' '", r"teach\.model: nothing is named"),
        ("evaluate.judging.judges=[{model: ''}]", r"judges\.0\.model: nothing is named"),
        ("data.i.instructions.path=''", r"data\.i\.instructions\.path: nothing is named"),
        ("students.base={hf: ORG/NAME}", r"students\.base: Input should be a valid string, and a colon .* quotes around it\."),
        ("corpus=docs/", r"corpus: Input should be a valid dictionary \(it is 'docs/'\)\."),
    ],
)  # fmt: skip
def test_what_would_go_wrong_unseen_is_named(override: str, sentence: str, tmp_path: Path) -> None:
    path = tiny_recipe(tmp_path / "r.yaml", student="/nowhere")
    with pytest.raises(UserError, match=sentence):
        load_recipe(path, read_overrides([override]))
