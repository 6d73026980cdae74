"""Names of runs may be of any script; those of data sets and arms stand in tables and addresses."""

import unicodedata
from pathlib import Path

import pytest

import secondhalf
from secondhalf.recipe.names import is_run_name
from support.recipes import tiny_recipe


@pytest.mark.parametrize("name", ["a", "proof.2-x_y", "社内文書の試行", "試行１", "Grüße", "語" * 50])
def test_a_run_s_name(name: str) -> None:
    assert is_run_name(name)


@pytest.mark.parametrize(
    "name", ["", "_a", "-a", ".a", "a b", "a/b", "語" * 51, "a" * 65, "a\n", "（一）", "a\u200bb", "か\u3099"]
)
def test_none_of_a_run(name: str) -> None:
    assert not is_run_name(name)


def test_a_run_called_in_japanese_is_made_shown_and_found_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from secondhalf.cli import main

    name = "ガイド文書の試行"
    path = tiny_recipe(tmp_path / "a.yaml", name=unicodedata.normalize("NFD", name))
    run = secondhalf.run(secondhalf.load(path), until="split", runs=tmp_path / "runs", store=tmp_path / "store")
    assert run.folder == tmp_path / "runs" / name
    folders = ["--runs", str(tmp_path / "runs"), "--store", str(tmp_path / "store")]
    assert main(["show", name, "clean", *folders]) == 0
    assert main(["store", *folders]) == 0
    assert name in capsys.readouterr().out
