"""`secondhalf document`: where it writes, what it says is not known, and what it refuses."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from support.disclosed_run import disclosed_run


def document(folder: Path, *more: str) -> int:
    return main(["document", "made", "--runs", str(folder / "runs"), "--store", str(folder / "store"), *more])


def test_the_run_s_own_folder_by_default(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = disclosed_run(tmp_path, student=None)
    assert document(tmp_path) == 0
    shown = capsys.readouterr().out
    assert "index.html: 6 of 14 fields are not known: owners, " in shown
    assert {path.name for path in (run.folder / "proof").iterdir()} == {
        "index.html", "croissant.json", "data-card.md", "checksums.txt",
    }  # fmt: skip


def test_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disclosed_run(tmp_path)
    out = tmp_path / "out"
    assert document(tmp_path, "--arm", "taught", "--as", "ab2013", "--language", "ja", "--out", str(out), "--json") == 0
    [row] = json.loads(capsys.readouterr().out)["documents"]
    assert (row["file"], row["fields"]) == (str(out / "ab2013.md"), 12)
    assert "property" in row["not_known"]
    assert "不明" in (out / "ab2013.md").read_text("utf-8")


def test_sentences(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    disclosed_run(tmp_path)
    assert document(tmp_path) == 2
    assert "name one of original, taught with --arm" in capsys.readouterr().err
    assert document(tmp_path, "--as", "ml-bom", "--arm", "taught", "--export", str(tmp_path)) == 2
    assert "name the folder that an export wrote" in capsys.readouterr().err
