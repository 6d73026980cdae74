"""A run that is kept as a result: whoever has the result alone computes its comparisons anew."""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import secondhalf
from support import ROOT
from support.recipes import tiny_recipe

sys.path.insert(0, str(ROOT / "benchmarks"))

import harness
import keep_run
import look_again


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "results"
    folder.mkdir()
    for module in (harness, keep_run, look_again):
        monkeypatch.setattr(module, "RESULTS", folder)
    return folder


def test_comparisons_come_out_of_the_kept_scores_again(
    results: Path, tmp_path: Path, student: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folders = {"runs": tmp_path / "runs", "store": tmp_path / "store"}
    run = secondhalf.run(secondhalf.load(tiny_recipe(tmp_path / "tiny.yaml", student)), **folders)
    arguments = ["keep_run.py", str(run.folder), "--store", str(folders["store"]), "--command", "secondhalf run tiny"]
    monkeypatch.setattr(sys, "argv", arguments)
    keep_run.main()
    record = json.loads((results / "tiny.json").read_text("utf-8"))
    assert set(record["figures"]["adapters"]) == {
        f"train:{arm}:{seed}" for arm in ("original", "taught") for seed in (1, 2)
    }
    assert len(set(record["figures"]["adapters"].values())) == 4
    assert {probe["arm"] for probe in record["figures"]["probes"]} == {"original", "taught"}
    answers = pq.read_table(results / "tiny" / "answers.parquet").to_pylist()
    assert {(row["arm"], row["seed"]) for row in answers} >= {("untouched", None), ("taught", 1), ("taught", 2)}
    capsys.readouterr()
    monkeypatch.setattr(sys, "argv", ["look_again.py", "tiny"])
    look_again.main()
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last == {"compared": len(record["figures"]["comparisons"]), "differ": 0}
    # Another score, another comparison.
    scores = pq.read_table(results / "tiny" / "scores.parquet").to_pandas()
    scores.loc[
        (scores.arm == "taught") & (scores.figure == record["figures"]["comparisons"][0]["figure"]), "value"
    ] += 1
    scores.to_parquet(results / "tiny" / "scores.parquet")
    look_again.main()
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["differ"] >= 1
