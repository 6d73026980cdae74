"""`secondhalf data`: into a folder, onto a hub, and what it refuses."""

import json
from pathlib import Path

import pytest

from secondhalf.cli import main
from support.hub_server import Hub
from support.paired_run import paired_run, some_pairs

PAIRS = some_pairs(12)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    paired_run(tmp_path, {"audit:taught": PAIRS, "audit:original": some_pairs(3, "length")}, train={"held_out": 0.3})


def test_into_a_folder(made: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "made", "--as", "alpaca", "--out", "out"]) == 0
    shown = capsys.readouterr().out
    assert "train.jsonl: " in shown
    assert shown.endswith("The data set: out\n")
    assert {path.name for path in Path("out").iterdir()} == {
        "README.md", "dataset_info.json", "train.jsonl", "validation.jsonl",
    }  # fmt: skip
    assert Path("out/train.jsonl").stat().st_mode & 0o777 == Path("out/README.md").stat().st_mode & 0o777


def test_for_programs(made: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "made", "--data", "original", "--as", "parquet", "--out", "out", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["out"] == "out"
    assert sum(told["pairs"].values()) == 3


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--out", "made.yaml"], "made.yaml exists: name another --out"),
        (["--out", "x", "--data", "original"], "No pair of original can be said as messages (3 unfinished)"),
        (["--out", "x", "--data", "a", "--arm", "b"], "not allowed with argument"),
        (["--out", "hf:name"], "hf:name is no data set of a hub: write hf:ORG/NAME."),
        (["--out", "x", "--as", "share-gpt"], "did you mean sharegpt?"),
    ],
)
def test_sentences(made: None, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str) -> None:
    assert main(["data", "made", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_a_run_without_data_sets_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    paired_run(tmp_path, {}, data=None, arms=None)
    assert main(["data", "made", "--out", "x"]) == 2
    assert "made has no data sets" in capsys.readouterr().err


def test_onto_a_hub(made: None, hub: Hub, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_good")
    assert main(["data", "made", "--out", "hf:me/pairs"]) == 0
    repository = hub.repositories["dataset", "me/pairs"]
    sha = repository.branches["main"]
    assert repository.private
    assert f"{hub.url}/datasets/me/pairs/tree/{sha}" in capsys.readouterr().out
    files = repository.commits[sha]
    assert set(files) == {".gitattributes", "README.md", "dataset_info.json", "train.jsonl", "validation.jsonl"}
    assert 'load_dataset("me/pairs")' in files["README.md"].decode()
