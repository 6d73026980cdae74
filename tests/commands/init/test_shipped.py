"""`init --recipe`: recipes that come with the package, each readable where it was written."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.commands.init.shipped import shipped_names
from secondhalf.recipe import load_recipe


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_their_names():
    assert {"quickstart", "quickstart-hub", "proof", "paper/llama-3-8b"} <= set(shipped_names())
    assert not [name for name in shipped_names() if name.startswith("corpora/")]


@pytest.mark.parametrize("name", shipped_names())
def test_each_can_be_read_where_it_was_written(name: str, capsys: pytest.CaptureFixture[str]):
    assert main(["init", "--recipe", name]) == 0
    path = Path(f"{Path(name).name}.yaml")
    assert f"Next: secondhalf doctor {path}" in capsys.readouterr().out
    assert path.read_text("utf-8").startswith(f"# secondhalf run {path}\n")
    recipe = load_recipe(path)
    assert all(Path(one.instructions.path).is_file() for one in recipe.data.values() if one.instructions)


def test_under_another_name_with_what_it_reads(capsys: pytest.CaptureFixture[str]):
    Path("there").mkdir()
    assert main(["init", "there/mine.yaml", "--recipe", "arms", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"recipe": "there/mine.yaml", "beside": ["there/instructions.jsonl"]}
    assert load_recipe(Path("there/mine.yaml")).data["mine"].instructions.path == "there/instructions.jsonl"


@pytest.mark.parametrize("folder", ["a: b", "a #b", "a,b}", 'it\'s "so"', "社内 文書", "new\nline", "~", "&x"])
def test_folders_may_be_called_anything(folder: str):
    Path(folder).mkdir()
    assert main(["init", f"{folder}/mine.yaml", "--recipe", "arms"]) == 0
    recipe = load_recipe(Path(folder, "mine.yaml"))
    assert recipe.data["mine"].instructions.path == f"{folder}/instructions.jsonl"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--recipe", "quikstart"], "No recipe quikstart comes with the package; did you mean quickstart?"),
        (["--recipe", "../recipes/quickstart"], "No recipe ../recipes/quickstart comes"),
        (["--recipe", "quickstart", "--full"], "--full goes not with --recipe"),
        (["--recipe", "quickstart", "--teacher", "x"], "--teacher goes not with --recipe"),
        (["taken.yaml", "--recipe", "quickstart"], "taken.yaml exists: name another file"),
        (["no/where.yaml", "--recipe", "quickstart"], "no/where.yaml"),
        (["mine.yaml", "--recipe", "arms"], "instructions.jsonl exists: name another file"),
    ],
)
def test_sentences(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]):
    Path("taken.yaml").touch()
    Path("instructions.jsonl").touch()
    before = set(Path().iterdir())
    assert main(["init", *words]) == 2
    assert sentence in capsys.readouterr().err
    assert set(Path().iterdir()) == before
