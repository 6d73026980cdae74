"""Which language a command speaks: the command line's before the recipe's, the recipe's of a run; English where none is known."""

from argparse import Namespace
from pathlib import Path

from secondhalf.commands.arguments.language import language_of


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


def test_what_cannot_be_read_is_english(tmp_path: Path) -> None:
    for text in ("report: {language: fr}\n", "report: 1\n", "report: {language: [ja]}\n", "\x00", "- a\n"):
        (tmp_path / "r.yaml").write_text(text, "utf-8")
        assert language_of(Namespace(recipe=tmp_path / "r.yaml", set=None)) == "en"
    assert language_of(Namespace(recipe=None)) == "en"
    assert language_of(Namespace()) == "en"
    assert language_of(Namespace(recipe=tmp_path / "none.yaml", set=["no equals"])) == "en"
