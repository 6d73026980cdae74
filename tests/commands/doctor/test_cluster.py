"""`doctor --nodes N`: the recipe's own documents, however many pairs are asked for, and in both languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from secondhalf.cli import main
from secondhalf.commands.doctor.scale import load_rates
from support.recipes import tiny_recipe


@pytest.fixture(autouse=True)
def recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tiny_recipe(Path("r.yaml"))


def _cluster(capsys: pytest.CaptureFixture[str], *options: str) -> dict[str, Any]:
    assert main(["doctor", "r.yaml", "--json", *options]) == 0
    forecast: dict[str, Any] = json.loads(capsys.readouterr().out)["cluster"]
    return forecast


def test_a_recipes_own_pairs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "r.yaml", "--json"]) == 0
    plain = json.loads(capsys.readouterr().out)
    assert "cluster" not in plain
    forecast = _cluster(capsys, "--nodes", "2", "--cores", "4")
    pairs = sum(row["pairs"] for row in plain["estimates"] if row["part"] == "teacher")
    assert forecast["work"]["pairs"] == pairs
    assert forecast["work"]["sampled"] == 70
    assert forecast["work"]["data_sets"] == 2  # the control mirrors each pair
    assert {stage["stage"] for stage in forecast["stages"]} == set(load_rates())
    assert forecast["hours"] == pytest.approx(sum(stage["core_hours"] for stage in forecast["stages"]) / 8)
    assert len(forecast["capacities"]) == 3
    assert not forecast["assumed"]


def test_more_pairs_and_more_nodes(capsys: pytest.CaptureFixture[str]) -> None:
    """Ten times the pairs take ten times the hours, the store and the calls; twice the nodes half the hours."""
    pairs = _cluster(capsys, "--nodes", "1", "--cores", "2")["work"]["pairs"]
    many, more = (
        _cluster(capsys, "--nodes", n, "--cores", "2", "--pairs", f"{int(1e6 * pairs):,}") for n in ("1", "2")
    )
    most = _cluster(capsys, "--nodes", "1", "--cores", "2", "--pairs", str(int(1e7 * pairs)))
    assert more["hours"] == pytest.approx(many["hours"] / 2)
    assert most["hours"] == pytest.approx(10 * many["hours"], rel=1e-6)
    assert many["work"]["read"] == many["work"]["sampled"] == 70e6
    disks = [next(part["need"] for part in each["capacities"] if "disk" in part["part"]) for each in (many, most)]
    assert disks[1] == pytest.approx(10 * disks[0])
    assert most["full_at"] == pytest.approx(many["full_at"], rel=0.1)


def test_without_documents_the_pairs_have_to_be_said(capsys: pytest.CaptureFixture[str]) -> None:
    hub = ["--set", "corpus.reader=hub", "--set", "corpus.path=ORG/NAME@main"]
    main(["doctor", "r.yaml", "--nodes", "2", "--json", *hub])
    output = json.loads(capsys.readouterr().out)
    assert "cluster" not in output
    (finding,) = [row for row in output["findings"] if row["what"] == "cluster"]
    assert "--pairs" in finding["found"]
    assert not finding["ready"]
    main(["doctor", "r.yaml", "--nodes", "2", "--json", "--pairs", "8000000", *hub])
    forecast = json.loads(capsys.readouterr().out)["cluster"]
    assert forecast["assumed"]
    assert forecast["work"]["sampled"] == 24e6
    assert len(forecast["capacities"]) == 2


def test_money_is_that_of_machines_and_of_calls(capsys: pytest.CaptureFixture[str]) -> None:
    forecast = _cluster(capsys, "--nodes", "3", "--set", "report.hourly_price=2", "--pairs", "9000000")
    assert forecast["machine_money"] == pytest.approx(2 * (3 * forecast["hours"] + forecast["teach_hours"]))
    assert _cluster(capsys, "--nodes", "3")["machine_money"] is None


def test_people_read_it_in_their_language(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--nodes", "8", "--cores", "32", "--pairs", "8000000"]
    assert main(["doctor", "r.yaml", *options]) == 0
    english = capsys.readouterr().out.partition("On 8 nodes of 32 cores, 8,000,000 pairs:")[2]
    assert "python benchmarks/clean.py" in english
    assert re.search(r"First full: .* at about [\d,]+ pairs\.", english)
    assert main(["doctor", "r.yaml", *options, "--set", "report.language=ja"]) == 0
    japanese = capsys.readouterr().out.partition("8 ノード（各 32 コア）")[2]
    assert "最初に足りなくなるもの" in japanese
    assert not re.search(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+", re.sub(r"python benchmarks/\S+ \(\S+\)", "", japanese))


@pytest.mark.parametrize("count", ["0", "-3", "many", "1.5", "1" * 30])
def test_a_number_that_is_none(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "r.yaml", "--nodes", count]) == 2
    assert "argument --nodes:" in capsys.readouterr().err
