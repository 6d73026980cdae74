"""Recipes: what is laid over what, errors that name the line, files that load again."""

from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.errors import UserError
from secondhalf.models.chat.template import Template
from secondhalf.recipe import load_recipe
from secondhalf.recipe.file import read_overrides, write_yaml
from support import ROOT

RECIPES = sorted((ROOT / "recipes").glob("*.yaml"))

GOOD = """\
name: try
corpus: {reader: pydoc, sample: 10}
split: {ratio: 0.4}
teach: {model: dummy, sampling: {max_tokens: 50}}
data:
  taught: {teach: {ask: respond}}
  original: {teach: {model: original, like: taught}}
students: {base: /nowhere}
train: {rank: 8}
arms:
  untouched: {student: base}
  taught: {student: base, data: {taught: 1}, train: {rank: 4}}
"""


def _load(tmp_path: Path, text: str, *overrides: str):
    path = tmp_path / "r.yaml"
    path.write_text(text, "utf-8")
    return load_recipe(path, read_overrides(overrides))


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_every_shipped_recipe_loads_and_opens_with_its_command(path: Path):
    assert path.read_text("utf-8").splitlines()[0] == f"# secondhalf run recipes/{path.name}"
    recipe = load_recipe(path)
    assert recipe.name == path.stem
    assert {"untouched", *recipe.data.keys() & {"original"}} <= set(recipe.compared_with("taught"))


def test_what_stands_at_the_top_is_laid_under_data_sets_and_arms(tmp_path: Path):
    recipe = _load(tmp_path, GOOD)
    assert recipe.data["taught"].split.ratio == 0.4
    assert recipe.data["taught"].teach.ask == "respond"
    assert recipe.data["taught"].teach.sampling.max_tokens == 50
    assert recipe.data["original"].split == recipe.data["taught"].split
    assert recipe.arms["taught"].train.rank == 4
    assert recipe.arms["untouched"].train.rank == 8
    assert recipe.compared_with("taught") == ["untouched"]


def test_overrides_reach_data_sets_and_arms(tmp_path: Path):
    recipe = _load(
        tmp_path, GOOD, "split.ratio=0.3", "train.seeds=[1, 2]", "name=other", "data.taught.teach.ask=continue"
    )
    assert recipe.data["taught"].split.ratio == 0.3
    assert recipe.arms["taught"].train.seeds == [1, 2]
    assert recipe.name == "other"
    assert recipe.data["taught"].teach.ask == "continue"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "split: {ratio: 0.4}",
            "split: {ration: 0.4}",
            r"r\.yaml:3: there is no field split\.ration; did you mean ratio\?",
        ),
        ("students:", "student:", r"r\.yaml:8: there is no field student; did you mean students\?"),
        ("ratio: 0.4", "ratio: 1.4", r"r\.yaml:3: split\.ratio.*less than 1.*1\.4"),
        ("like: taught", "like: tought", r"there is no 'tought'; did you mean taught\?"),
        ("data: {taught: 1}", "data: {taugt: 1}", r"arms\.taught\.data: there is no 'taugt'"),
        ("student: base, data", "student: bas, data", r"arms\.taught\.student: there is no 'bas'"),
        ("name: try", "name: ../try", r"letters, digits"),
        ("sample: 10", "sample: ten", r"r\.yaml:2: corpus\.sample.*ten"),
        ("{ask: respond}", "{ask: answer}", r"data\.taught\.teach\.ask.*'answer'"),
        ("name: try", "name: [", r"r\.yaml:\d+ is no YAML"),
    ],
)
def test_a_fault_names_the_line_and_the_mend(tmp_path: Path, old: str, new: str, message: str):
    assert old in GOOD
    with pytest.raises(UserError, match=message):
        _load(tmp_path, GOOD.replace(old, new))


@pytest.mark.parametrize(
    ("benchmark", "message"),
    [
        ("{name: ifeval, pth: x}", r"r\.yaml:4: there is no field evaluate\.benchmarks\.1\.pth; did you mean path\?"),
        ("{name: ifeval}", r"r\.yaml:4: evaluate\.benchmarks\.1\.path: it is missing: write it"),
    ],
)
def test_a_fault_in_a_list_names_its_line(tmp_path: Path, benchmark: str, message: str):
    path = tmp_path / "r.yaml"
    path.write_text(f"evaluate:\n  benchmarks:\n    - {{name: ifbench, path: x}}\n    - {benchmark}\n", "utf-8")
    with pytest.raises(UserError, match=message):
        load_recipe(path)


@pytest.mark.parametrize("override", ["ratio", "split.=1", "name.x=1", "split.ratio=[", "split.ration=1"])
def test_a_bad_override_is_one_sentence(tmp_path: Path, override: str):
    with pytest.raises(UserError):
        _load(tmp_path, GOOD, override)


@pytest.mark.parametrize("field", ["train", "evaluate"])
def test_what_only_a_cluster_does_needs_one(tmp_path: Path, field: str):
    with pytest.raises(
        UserError, match=f"cluster.{field}: a cluster is used with engine: ray; add that, or take cluster.{field} away"
    ):
        _load(tmp_path, GOOD, f"cluster.{field}=true")
    assert getattr(_load(tmp_path, GOOD, f"cluster.{field}=true", "engine=ray").cluster, field)


def test_the_resolved_recipe_is_the_same_recipe(tmp_path: Path):
    recipe = _load(tmp_path, GOOD)
    assert _load(tmp_path, write_yaml(recipe)) == recipe


def test_init_writes_a_recipe_with_every_field_documented(tmp_path: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "mine.yaml", "--full"]) == 0
    text = (tmp_path / "mine.yaml").read_text("utf-8")
    recipe = load_recipe(tmp_path / "mine.yaml")
    assert recipe.data["original"].teach.like == "taught"
    assert list(recipe.arms) == ["untouched", "original", "taught"]
    for name in ("sample", "ratio", "max_tokens", "rank", "primary", "human_price"):
        start = text.index(f"\n  {name}:") if f"\n  {name}:" in text else text.index(f"{name}:")
        assert text[:start].rstrip().rsplit("\n", 1)[-1].lstrip().startswith("#"), name
    assert main(["init", "mine.yaml"]) == 2
    assert "exists" in capsys.readouterr().err


OWN = "{{ bos }}Q: {{ prompt }}\n\n  A: {{ response }}{{ eos }}"


def test_a_templates_text_stands_in_the_resolved_recipe_and_counts(tmp_path: Path):
    own = tmp_path / "own.jinja"
    own.write_text(OWN, "utf-8")
    recipe = _load(tmp_path, GOOD, f"train.template={own}")
    resolved = write_yaml(recipe)
    own.unlink()
    again = _load(tmp_path, resolved)
    assert again == recipe
    assert again.arms["taught"].train.template.text == OWN
    # A name laid over a resolved recipe takes its own text along.
    other = _load(tmp_path, resolved, "train.template=gemma", "arms.taught.train.template=gemma")
    assert other.arms["taught"].train.template == Template.named("gemma")


def test_a_run_of_before_templates_had_a_text_is_the_same_run(tmp_path: Path):
    recipe = _load(tmp_path, GOOD)
    before = _load(tmp_path, GOOD.replace("train: {rank: 8}", "train: {rank: 8, template: plain}"))
    assert before == recipe


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("nothing", r"r\.yaml:9: train\.template.*There is no template nothing: use plain, chatml"),
        ("{name: gemma, text: '{{ prompt }}{{ response }}'}", r"the text is not that of gemma"),
        ("{name: mine}", r"There is no template mine"),
    ],
)
def test_a_template_that_is_not_there_names_the_line(tmp_path: Path, template: str, message: str):
    with pytest.raises(UserError, match=message):
        _load(tmp_path, GOOD.replace("train: {rank: 8}", f"train: {{template: {template}}}"))


@pytest.mark.parametrize(
    "text", ["a", " a\n b\n", "\n\na", "a \n\tb", "川\n: # '\"\n", "a\r\nb", "{{ x }}\n---\n...\n"]
)
def test_any_templates_text_survives_the_yaml(tmp_path: Path, text: str):
    recipe = _load(tmp_path, GOOD)
    arm = recipe.arms["taught"]
    train = arm.train.model_copy(update={"template": Template(name="mine", text=text)})
    arms = {**recipe.arms, "taught": arm.model_copy(update={"train": train})}
    recipe = recipe.model_copy(update={"arms": arms})
    assert _load(tmp_path, write_yaml(recipe)) == recipe
