"""A benchmark is one folder and one row: one that stands outside the package is loaded, asked, scored and shown."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from secondhalf.cli import main
from secondhalf.evaluate.answers import read_texts
from secondhalf.evaluate.benchmark import Benchmark, BenchmarkFigure, BenchmarkFiles, ScoringInputs
from secondhalf.evaluate.benchmarks import BENCHMARKS, benchmark_figure
from secondhalf.evaluate.settings import BenchmarkSettings
from secondhalf.rows import Score, to_table
from secondhalf.store import Stage
from support.recipes import tiny_recipe


@dataclass(frozen=True)
class Line:
    """A prompt of the tests' own benchmark."""

    id: str
    text: str


def _load(files: BenchmarkFiles) -> list[Line]:
    lines = files.prompts.read_text("utf-8").splitlines()
    return [Line(f"line-{number}", line) for number, line in enumerate(lines)]


def _score(inputs: ScoringInputs, stage: Stage) -> dict[str, Any]:
    answers = read_texts(inputs.answers)
    scores = [Score(prompt.id, "brevity.short", float(len(answers[prompt.id]) < 40)) for prompt in inputs.prompts]
    stage.write("part", 0, to_table(Score, scores))
    return {"rows_in": len(scores), "rows": len(scores)}


BREVITY = Benchmark(_load, _score, 1, (BenchmarkFigure("short", leads=True),), longest=6)


def test_one_row_outside_the_package_is_a_benchmark(tmp_path: Path, student: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(BENCHMARKS, "brevity", BREVITY)
    monkeypatch.chdir(tmp_path)
    Path("lines.txt").write_text("Say hello.\nSay goodbye.\nSay nothing at all.\n")
    tiny_recipe(Path("r.yaml"), student, evaluate={"benchmarks": [{"name": "brevity", "path": "lines.txt"}]})
    assert main(["run", "r.yaml", "--set", "train.seeds=[1]"]) == 0
    facts = json.loads(Path("runs/tiny/report/facts.json").read_text("utf-8"))
    for arm in facts["arms"]:
        assert [
            (figure["prompts"], figure["contaminated"])
            for figure in arm["figures"]
            if figure["name"] == "brevity.short"
        ] == [(3, 0)]
    assert any(one["figure"] == "brevity.short" for one in facts["comparisons"])
    assert "brevity.short" in Path("runs/tiny/report/index.html").read_text("utf-8")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_every_row_is_whole(name: str):
    row = BENCHMARKS[name]
    assert any(figure.leads for figure in row.figures)
    assert len({figure.name for figure in row.figures}) == len(row.figures)
    assert row.turns == (2 if name == "mt_bench" else 1)
    assert row.judged != "always" or any(figure.has_gaps for figure in row.figures)


def test_a_figure_is_known_by_its_row():
    assert benchmark_figure("mt_bench.turn_1") == BenchmarkFigure("turn_1", "points", has_gaps=True)
    assert benchmark_figure("relevance") is None
    assert benchmark_figure("ifeval.win") is None


def test_a_misspelt_benchmark_names_the_nearest():
    with pytest.raises(ValueError, match=r"'ifval'; did you mean ifeval\?"):
        BenchmarkSettings(name="ifval", path="x")
