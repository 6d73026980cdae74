"""`doctor` without a recipe: what is installed, and no more."""

import json

import pytest

from secondhalf.cli import main
from secondhalf.commands.doctor import engines as module
from secondhalf.commands.doctor.engines import engines
from secondhalf.recipe import Recipe


def test_without_a_recipe_it_says_what_is_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    assert main(["doctor", "--json"]) == 0
    found = {row["what"] for row in json.loads(capsys.readouterr().out)["findings"]}
    assert {"training (torch)", "PDF documents (pypdfium2)"} <= found
    assert main(["doctor"]) == 0
    assert "`secondhalf doctor RECIPE` says" in capsys.readouterr().out
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    assert main(["doctor"]) == 0
    assert "PDF 文書" in capsys.readouterr().out
    assert main(["doctor", "--gpu", "A100"]) == 2
    assert "secondhalf doctor" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("reader", "package"), [("pdf", "pypdfium2"), ("epub", "resiliparse"), ("warc", "fastwarc"), ("text", "")]
)
def test_a_reader_needs_its_package(reader: str, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    recipe = Recipe.model_validate({"corpus": {"reader": reader, "path": "x"}, "arms": {}, "data": {}, "students": {}})
    missing = [finding.what for finding in engines(recipe) if not finding.ready]
    assert any(package in what for what in missing) if package else not missing


@pytest.mark.parametrize(
    ("field", "package"), [({"engine": "ray"}, "ray"), ({"journal": "postgresql://host/name"}, "pg8000")]
)
def test_a_cluster_and_a_database_need_their_packages(
    field: dict[str, str], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    recipe = Recipe.model_validate({"corpus": {"path": "x"}, "arms": {}, "data": {}, "students": {}, **field})
    assert [finding.what for finding in engines(recipe) if not finding.ready and f"({package})" in finding.what]
