"""Which language a command speaks: the command line's before the recipe's, the recipe's of a run; the locale's where none is known."""

import os
from argparse import Namespace
from pathlib import Path

import pytest

from secondhalf.commands.arguments.language import language_of, named_in

LOCALE = ("LC_ALL", "LC_MESSAGES", "LANG")


@pytest.fixture(autouse=True)
def english_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in LOCALE:
        monkeypatch.delenv(name, raising=False)


def test_the_command_line_stands_before_the_recipe(tmp_path: Path) -> None:
    recipe = tmp_path / "r.yaml"
    recipe.write_text("report: {language: ja}\n", "utf-8")
    assert language_of(Namespace(recipe=str(recipe), set=[])) == "ja"
    assert language_of(Namespace(recipe=str(recipe), set=["report.language=en"])) == "en"
    recipe.write_text("name: a\n", "utf-8")
    assert language_of(Namespace(recipe=str(recipe), set=["report.language=ja"])) == "ja"


def test_a_run_speaks_as_its_recipe(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "recipe.yaml").write_text("report: {language: ja}\n", "utf-8")
    assert language_of(Namespace(run="a", runs=tmp_path)) == "ja"


@pytest.mark.parametrize(("locale", "language"), [("", "en"), ("ja_JP.UTF-8", "ja")])
def test_what_cannot_be_read_is_said_as_the_machine_speaks(
    tmp_path: Path, locale: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", locale)
    for text in ("report: 1\n", "\x00", "- a\n"):
        (tmp_path / "r.yaml").write_text(text, "utf-8")
        assert language_of(Namespace(recipe=tmp_path / "r.yaml", set=None)) == language
    assert language_of(Namespace(recipe=None)) == language
    assert language_of(Namespace()) == language
    assert language_of(Namespace(recipe=tmp_path / "none.yaml", set=["no equals"])) == language
    assert language_of(Namespace(recipe=tmp_path / "none.yaml", set=["report.language=ja"])) == "ja"
    # A recipe that names no language of ours is English wherever it is read: so is its page.
    for text in ("report: {language: fr}\n", "report: {language: [ja]}\n", "name: a\n"):
        (tmp_path / "r.yaml").write_text(text, "utf-8")
        assert language_of(Namespace(recipe=tmp_path / "r.yaml", set=None)) == "en"


@pytest.mark.parametrize(
    ("values", "language"),
    [
        ({"LANG": "ja"}, "ja"),
        ({"LANG": "ja_JP.eucJP"}, "ja"),
        ({"LANG": "ja.UTF-8"}, "ja"),
        ({"LANG": "jam_JM"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "C", "LC_MESSAGES": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": ""}, "ja"),
    ],
)
def test_the_locale(values: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert language_of(Namespace()) == language


def test_words_that_are_no_command_line_name_a_recipe_or_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("r.yaml").write_text("report: {language: ja}\n", "utf-8")
    Path("runs/社内").mkdir(parents=True)
    Path("runs/社内/recipe.yaml").write_text("report: {language: ja}\n", "utf-8")
    assert language_of(named_in(["run", "r.yaml", "--sett", "a=b"])) == "ja"
    assert language_of(named_in(["show", "社内", "--fulll"])) == "ja"
    assert language_of(named_in(["run", "r.yaml", "--set", "report.language=en", "--sett"])) == "en"
    assert language_of(named_in(["run", "none.yaml", "--sett"])) == "en"
    assert language_of(named_in(["show", "a" * 5000, "a\0b", "--fulll"])) == "en"
    assert language_of(named_in([])) == "en"


@pytest.mark.timeout(60)
def test_a_recipe_in_a_pipe_is_left_to_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    pipe = tmp_path / "recipe.yaml"
    os.mkfifo(pipe)
    assert language_of(Namespace(recipe=str(pipe), set=[])) == "ja"
    (tmp_path / "a").mkdir()
    pipe.rename(tmp_path / "a" / "recipe.yaml")
    assert language_of(Namespace(run="a", runs=tmp_path)) == "ja"
