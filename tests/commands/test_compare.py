"""Runs against one another: paired by prompt, noise named, what does not fit told."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")

from secondhalf.analysis.results import Results
from secondhalf.cli import main
from secondhalf.commands.compare import ComparedRun, as_text
from secondhalf.statistics import Comparison
from support.recipes import tiny_recipe

FAST = ["--set", "probes.pairs=0", "--set", "probes.documents=0", "--set", "train.seeds=[1]"]


@pytest.fixture(scope="module")
def places(student: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("compare")
    recipe = tiny_recipe(folder / "r.yaml", student)
    where = ["--store", str(folder / "store"), "--runs", str(folder / "runs")]
    for name, more in (("one", []), ("two", ["--set", "train.rank=8"]), ("few", ["--set", "evaluate.limit=4"])):
        assert main(["evaluate", str(recipe), "--set", f"name={name}", *FAST, *more, *where]) == 0
    return where


def test_two_runs_prompt_by_prompt(places: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", "one", "two", "one", "--json", *places]) == 0
    first, second, same = json.loads(capsys.readouterr().out)
    assert first["said"] is None
    assert second["said"]["prompts"] == 6
    assert (second["said"]["noise"], second["said"]["uncovered"]) == (True, True)
    assert second["said"]["difference"] == pytest.approx(second["mean"] - first["mean"])
    assert (same["said"]["difference"], same["said"]["noise"]) == (0, True)
    assert main(["compare", "one", "two", "--figure", "repeats", *places]) == 0
    printed = capsys.readouterr().out
    assert "repeats" in printed
    assert "a difference between two and one is not shown" in printed
    assert "one training seed, so training noise is not covered" in printed


def test_in_japanese() -> None:
    comparison = Comparison(0.1, -0.1, 0.3, 0.4, 6, 3, 3, noise=True, smallest=0.3)
    rows = [ComparedRun("one", "taught", 0.1, 0.0, 0.2, None), ComparedRun("two", "taught", 0.2, 0.1, 0.3, comparison)]
    text = as_text(rows, "relevance", "ja")
    assert text.startswith("実行")
    assert "正しい応答の関連度では、「two」と「one」の差 +0.10 は誤差の範囲内であり" in text
    assert "この指標は、指示に従う能力の証拠になりません" in text


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["one"], "two runs at least"),
        (["one", "few"], "no score for prompt"),
        (["one", "two", "--arm", "nobody"], "no arm nobody"),
        (["one", "two", "--figure", "beauty"], "no figure beauty"),
        (["one", "three"], "no run three"),
    ],
)
def test_what_does_not_fit_is_named(
    places: list[str], capsys: pytest.CaptureFixture[str], given: list[str], message: str
):
    assert main(["compare", *given, *places]) == 2
    assert message in capsys.readouterr().err


def test_prompts_that_one_seed_could_not_be_scored_on_are_left_out(
    places: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that cannot be read neither refuses nor complies, and which ones those are differs by seed and run."""
    tables = iter(
        [
            [{"a": 1.0, "b": 0.0, "c": 1.0, "d": 1.0}, {"a": 1.0, "b": 0.0, "c": 1.0}],
            [{"a": 0.0, "b": 0.0, "d": 1.0, "c": 1.0}, {"a": 0.0, "b": 1.0, "c": 0.0, "d": 0.0}],
        ]
    )
    figure = "safety.refused_harmful"
    monkeypatch.setattr(Results, "scores", lambda *_: next(tables))
    assert main(["compare", "one", "two", "--figure", figure, "--json", *places]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first["mean"] == pytest.approx(2 / 3)
    assert second["mean"] == pytest.approx(3 / 8)
    assert second["said"]["prompts"] == 3
    assert second["said"]["difference"] == pytest.approx(1 / 3 - 2 / 3)


def test_gain_against_pairs(
    student: Path, places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Runs of three sizes: a point each, a line, an extrapolation that says so, a page."""
    recipe = tiny_recipe(tmp_path / "r.yaml", student)
    for name, sample in (("small", "30"), ("middle", "50")):
        more = ["--set", f"name={name}", "--set", f"corpus.sample={sample}"]
        assert main(["evaluate", str(recipe), *FAST, *more, *places]) == 0
    capsys.readouterr()
    out = tmp_path / "scaling.html"
    scaling = ["compare", "one", "middle", "small", "--scaling", "--figure", "minimal_pairs", *places]
    assert main([*scaling, "--at", "80000", "--json", "--out", str(out)]) == 0
    [curve] = json.loads(capsys.readouterr().out)["curves"]
    pairs = [point["pairs"] for point in curve["points"]]
    assert pairs == sorted(set(pairs))
    assert [point["run"] for point in curve["points"]] == ["small", "middle", "one"]
    assert (curve["teacher"], curve["extrapolates"], curve["uncovered"]) == ("dummy", True, True)
    # The line at the sizes that were measured is by least squares.
    gains = [point["gain"]["difference"] for point in curve["points"]]
    assert curve["line"][0]["value"] == pytest.approx(_line(pairs, gains, pairs[0]))
    assert curve["beyond"]["value"] == pytest.approx(_line(pairs, gains, 80_000))
    assert "Extrapolation, not measured" in out.read_text("utf-8")
    (tmp_path / "mine.html").write_text("<!doctype html>\n<p>mine", "utf-8")
    assert main([*scaling, "--out", str(tmp_path / "mine.html")]) == 2
    assert (tmp_path / "mine.html").read_text("utf-8").endswith("mine")
    assert main([*scaling, "--out", str(out)]) == 0
    assert main(scaling) == 0
    assert "Each doubling of the pairs adds" in capsys.readouterr().out


def _line(pairs: list[int], gains: list[float], at: float) -> float:
    import numpy as np

    slope, start = np.polyfit(np.log2(pairs), gains, 1)
    return float(start + slope * np.log2(at))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["one", "few", "--scaling"], "was scored on other prompts than"),
        (["one", "two", "one", "--scaling"], "one is named twice; once is enough."),
        (["one", "--scaling", "--at", "0"], "no whole number from 1"),
        (["one", "two", "--at", "9"], "belong to --scaling"),
        (["one", "--scaling", "--figure", "beauty"], "no figure beauty"),
    ],
)
def test_what_is_no_scaling_is_named(
    places: list[str], capsys: pytest.CaptureFixture[str], given: list[str], message: str
):
    assert main(["compare", *given, *places]) == 2
    assert message in capsys.readouterr().err
