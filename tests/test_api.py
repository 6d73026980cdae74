"""The public API: what the commands are made of, and nothing heavy before it is used."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

import secondhalf
from secondhalf.rows import Pair, from_table
from secondhalf.steps.evaluated import evaluation_index
from support.recipes import tiny_recipe


def test_a_run_from_python_is_the_commands_run(tmp_path: Path, student: Path):
    recipe = secondhalf.load(
        tiny_recipe(tmp_path / "tiny.yaml", student), name="mine", **{"split.max_prompt_words": 18}
    )
    assert (recipe.name, recipe.split.max_prompt_words) == ("mine", 18)
    folders = {"runs": tmp_path / "runs", "store": tmp_path / "store"}
    run = secondhalf.run(recipe, until="audit", **folders)
    results = secondhalf.Results(run)
    pairs = results.table("audit:taught")
    assert isinstance(pairs, pa.Table)
    assert from_table(Pair, pairs)[0].response
    assert {"id", "check", "passed"} <= set(results.table("audit:taught", "verdicts").column_names)
    again = secondhalf.find_run("mine", **folders)
    assert again.links() == run.links()
    with pytest.raises(secondhalf.UserError, match="mine has no stage train:taught:1; it has corpus"):
        results.table("train:taught:1")
    with pytest.raises(secondhalf.UserError, match=r"audit/\w+ has no tables answers; it has part, rejects, verdicts"):
        results.table("audit:taught", "answers")
    with pytest.raises(secondhalf.UserError, match="taught is not evaluated yet"):
        results.scores("taught", "relevance")
    with pytest.raises(secondhalf.UserError, match=r"There is no run other in .*; there are mine"):
        secondhalf.find_run("other", **folders)


def test_the_stages_called_by_hand_give_the_runs_tables(tmp_path: Path, student: Path):
    recipe = secondhalf.load(tiny_recipe(tmp_path / "tiny.yaml", student))
    results = secondhalf.Results(
        secondhalf.run(recipe, until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
    )
    stage = secondhalf.Stage(tmp_path / "corpus")
    counts = secondhalf.sample_documents(recipe.corpus, recipe.seed, stage)
    assert stage.read().equals(results.table("corpus"))
    assert counts["rows"] == stage.read().num_rows
    cleaned, rejects, _ = secondhalf.clean_documents(stage.read(), recipe.clean)
    assert cleaned.num_rows + rejects.num_rows == stage.read().num_rows
    distinct = secondhalf.drop_duplicates(cleaned, recipe.clean)[0]
    assert distinct.equals(results.table("deduplicate"))
    halves = secondhalf.split_documents(distinct, recipe.split)[0]
    assert halves.equals(results.table("split:taught"))
    models = secondhalf.TeacherModels(recipe.teach, secondhalf.Journal(tmp_path / "journal.sqlite"))
    taught, refused, _, _ = secondhalf.teach_pairs(halves, recipe.teach, models.teacher(secondhalf.Budget()), "by hand")
    assert taught.equals(results.table("teach:taught"))
    assert refused.num_rows == 0
    index = evaluation_index(recipe.evaluate)
    audited, rejects, verdicts = secondhalf.audit_pairs(taught, recipe.audit, index)
    assert audited.equals(results.table("audit:taught"))
    assert audited.num_rows + rejects.num_rows == taught.num_rows
    assert verdicts.num_rows == results.table("audit:taught", "verdicts").num_rows
    mirrored = secondhalf.mirror_originals(audited)[0]
    assert mirrored.equals(results.table("teach:original"))


def test_overrides_are_laid_over_field_by_field(tmp_path: Path, student: Path):
    path = tiny_recipe(tmp_path / "tiny.yaml", student)
    recipe = secondhalf.load(path, split={"min_prompt_words": 7}, **{"train.rank": 2})
    assert (recipe.split.min_prompt_words, recipe.split.max_prompt_words, recipe.train.rank) == (7, 20, 2)
    assert recipe.arms["taught"].train.rank == 2
    with pytest.raises(secondhalf.UserError, match=r"there is no field train.rnk; did you mean rank\?"):
        secondhalf.load(path, **{"train.rnk": 2})
    with pytest.raises(secondhalf.UserError, match=r"train.rank.more: rank is a value"):
        secondhalf.load(path, **{"train.rank.more": 2})


def test_what_no_function_takes_is_one_sentence(tmp_path: Path):
    path = tiny_recipe(tmp_path / "tiny.yaml")
    recipe, where = secondhalf.load(path), {"runs": tmp_path / "runs", "store": tmp_path / "store"}
    run = secondhalf.run(recipe, until="split", **where)
    documents = secondhalf.Results(run).table("deduplicate")
    for call, sentence in [
        (lambda: secondhalf.run(path, **where), r"run takes a Recipe, .*: secondhalf\.load\(PATH\) reads one\."),
        (
            lambda: secondhalf.run(recipe, until="audits", **where),
            r"until='audits': there is no such stage; did you mean audit\?",
        ),
        (lambda: secondhalf.Results("tiny"), r"Results reads a Run, and not 'tiny': secondhalf\.find_run\(NAME\)"),
        (
            lambda: secondhalf.Results(run).table("split"),
            "tiny has no stage split; it has corpus, clean, deduplicate, split:taught",
        ),
        (lambda: secondhalf.Results(run).table("nothing"), "tiny has no stage nothing; it has corpus"),
        (lambda: secondhalf.Results(run).table("split:taught:x:1"), "tiny has no stage split:taught:x:1; it has"),
        (lambda: secondhalf.Results(run).table("corpus", "*"), r"has no tables \*; it has part"),
        (
            lambda: secondhalf.mirror_originals(documents),
            "A table of Pair rows needs the column document; this one has id, text",
        ),
    ]:
        with pytest.raises(secondhalf.UserError, match=sentence):
            call()


def test_paths_are_texts_or_paths(tmp_path: Path, student: Path):
    changed = secondhalf.load(tiny_recipe(tmp_path / "tiny.yaml"), corpus={"reader": "text", "path": tmp_path})
    assert changed.corpus.path == str(tmp_path)
    assert secondhalf.Stage(str(tmp_path / "corpus" / "key")).name == "corpus"
    assert secondhalf.resolve(student) == secondhalf.resolve(str(student))
    secondhalf.Journal(str(tmp_path / "journal.sqlite"))


def test_every_name_of_the_api_is_there_and_documented():
    for name in secondhalf.__all__:
        assert getattr(secondhalf, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        secondhalf.nothing  # noqa: B018


def test_importing_it_imports_nothing_heavy():
    script = "import sys, secondhalf; print([m for m in ('pydantic', 'pyarrow', 'numpy', 'torch') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout == "[]\n"
