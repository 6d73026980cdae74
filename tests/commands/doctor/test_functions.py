"""The doctor names every function of the user's, and what is missing of it."""

from pathlib import Path

from secondhalf.commands.doctor.functions import functions
from secondhalf.recipe import Recipe
from support.user_module import write_module


def test_functions_are_findings(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    name = write_module("def fine(row): ...")
    recipe = Recipe.model_validate(
        {
            "clean": {"filters": [f"{name}:fine"]},
            "data": {"a": {"split": {"rule": f"{name}:fin"}}, "b": {"split": {"rule": f"{name}:fin"}}, "c": {}},
        }
    )
    filters, rule = functions(recipe)
    assert (filters.what, filters.ready) == ("clean.filters", True)
    assert filters.message.startswith(f"{name}:fine, hash ")
    assert (rule.what, rule.ready) == ("split.rule", False)
    assert "did you mean fine?" in rule.message
