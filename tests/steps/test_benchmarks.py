"""A benchmark in a whole run: asked of every arm, resumed, compared in pairs, and never shown without what was met of it."""

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from secondhalf.cli import main
from secondhalf.evaluate.benchmark_files import load_benchmark
from secondhalf.models.generation.student import StudentModel
from secondhalf.rows import Pair, from_table
from secondhalf.store import Stage
from support.recipes import tiny_recipe
from support.runs import links

if not find_spec("langdetect") and "CI" not in os.environ:
    pytest.skip("needs `pip install 'secondhalf[ifeval]'`", allow_module_level=True)

IFEVAL = {"name": "ifeval", "path": "prompts.jsonl", "max_tokens": 8}


def _recipe(
    student: Path, name: str, *benchmarks: dict[str, Any], primary: str = "relevance", language: str = "en"
) -> str:
    # A file's place is written whole: what was read of a benchmark is kept by its path, and each test has a folder of its own.
    rows = [{**row, "path": str(Path(row["path"]).resolve())} if "path" in row else row for row in benchmarks]
    path = tiny_recipe(
        Path(f"{name}.yaml"),
        student,
        name=name,
        # What is met of a benchmark is shown where it is not refused beforehand.
        audit={"refuse": False},
        evaluate={"primary": primary, "benchmarks": rows},
        report={"samples": 1, "language": language},
    )
    return str(path)


def _prompts(*texts: str) -> None:
    """A file of the published form: the first prompt is one that was trained on."""
    rows = [
        {"key": key, "prompt": text, "instruction_id_list": ["punctuation:no_comma", "startend:quotation"][: 1 + key % 2],
         "kwargs": [{}, {}][: 1 + key % 2]}
        for key, text in enumerate(texts)
    ]  # fmt: skip
    Path("prompts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")


MADE_UP = [f"Say in a few words of your own what the {thing} does when nobody is there to look." for thing in
           ("river", "mill", "baker", "bridge")]  # fmt: skip


def test_a_benchmark_from_recipe_to_page(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    together: list[int] = []
    each = StudentModel.generate_each
    monkeypatch.setattr(
        StudentModel,
        "generate_each",
        lambda self, batches, **how: together.append(len(batches)) or each(self, batches, **how),
    )
    assert main(["run", _recipe(student, "plain")]) == 0
    assert together[0] == 5  # the base alone, and two arms with two seeds each, are asked the everyday prompts at once
    store = Path("store")
    pairs = from_table(Pair, Stage(store / links(Path("runs/plain"))["audit:taught"]).read())
    _prompts(pairs[0].prompt, *MADE_UP)

    # Stopped after the answers, it goes on with them.
    recipe = _recipe(student, "bench", IFEVAL)
    with monkeypatch.context() as stopped:
        stopped.setattr(
            "secondhalf.evaluate.ifeval.stage.check_response", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        assert main(["run", recipe]) == 130
    before = {path: path.stat().st_mtime_ns for path in store.glob("answers/*/answers-*.parquet")}
    assert len(before) == 2 * 5  # the everyday prompts and the benchmark's, of every arm and seed
    assert main(["run", recipe]) == 0
    assert all(path.stat().st_mtime_ns == time for path, time in before.items())

    # The everyday stages are those of the run without a benchmark, though pairs are looked for it: none is refused here.
    plain, bench = links(Path("runs/plain")), links(Path("runs/bench"))
    assert {label for label, place in plain.items() if bench[label] != place} == {"audit:original", "audit:taught"}
    assert sorted(set(bench) - set(plain)) == [
        "answers:ifeval:original:1", "answers:ifeval:original:2", "answers:ifeval:taught:1", "answers:ifeval:taught:2",
        "answers:ifeval:untouched", "benchmark:ifeval:original:1", "benchmark:ifeval:original:2", "benchmark:ifeval:taught:1",
        "benchmark:ifeval:taught:2", "benchmark:ifeval:untouched", "contamination:ifeval:original", "contamination:ifeval:taught",
    ]  # fmt: skip

    capsys.readouterr()
    assert main(["show", "bench", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    names = ["ifeval.strict", "ifeval.loose", "ifeval.instruction_strict", "ifeval.instruction_loose"]
    for arm, contaminated in zip(facts["arms"], [0, 1, 1], strict=True):
        figures = {figure["name"]: figure for figure in arm["figures"]}
        assert [figures[name]["contaminated"] for name in names] == [contaminated] * 4
        assert [figures[name]["prompts"] for name in names] == [5] * 4
        assert figures["checks"]["contaminated"] is None
    compared = [c for c in facts["comparisons"] if c["figure"] == "ifeval.strict"]
    assert [(c["arm"], c["against"], c["prompts"], c["contaminated"], c["seeds"]) for c in compared] == [
        ("taught", "original", 5, 1, 2), ("taught", "untouched", 5, 1, 2), ("original", "untouched", 5, 1, 2),
    ]  # fmt: skip
    assert {"stops", "repeats", "language_kept"} <= {one["figure"] for one in facts["comparisons"]}
    page = Path("runs/bench/report/index.html").read_text("utf-8")
    assert page.count("1 of 5 prompts met in the training pairs") >= 8 + 3
    assert "MT-Bench, IFEval" not in page
    assert main(["show", "bench", "--full"]) == 0
    assert "; met 1 of 5" in capsys.readouterr().out


def test_instruction_level_is_the_benchmarks_own(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    _prompts(*MADE_UP, MADE_UP[0].upper())
    answer = '"a, b"', "stop", 3
    monkeypatch.setattr(
        StudentModel, "generate_each", lambda self, batches, **_: [[answer] * len(prompts) for _, prompts in batches]
    )
    assert main(["run", _recipe(student, "bench", IFEVAL, language="ja", primary="ifeval.instruction_strict")]) == 0
    capsys.readouterr()
    assert main(["show", "bench", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    # Five prompts with seven instructions: two of them, the quotations, are followed.
    for arm in facts["arms"]:
        means = {figure["name"]: figure["mean"] for figure in arm["figures"]}
        assert means["ifeval.strict"] == 0
        assert means["ifeval.instruction_strict"] == pytest.approx(2 / 7)
    assert "5 件のプロンプトのうち 0 件が学習ペアに混入" in Path("runs/bench/report/index.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("benchmarks", "message"),
    [
        ([IFEVAL], "prompts.jsonl"),
        ([IFEVAL, IFEVAL], "ifeval is named twice"),
        ([{"name": "ifevil", "path": "prompts.jsonl"}], "ifeval"),
        ([{"name": "ifeval"}], "path"),
        ([{"name": "ifeval", "path": "."}], "holds no .safetensors file"),
    ],
)
def test_a_bad_benchmark_stops_before_anything_is_done(
    tmp_path: Path, student: Path, monkeypatch, capsys, benchmarks: list[dict[str, Any]], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["run", _recipe(student, "bench", *benchmarks)]) == 2
    assert message in capsys.readouterr().err
    assert not list(Path().glob("store/*/*/manifest.json"))


def test_a_bad_row_stops_before_anything_is_done(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    _prompts(*MADE_UP)
    Path("prompts.jsonl").write_text(Path("prompts.jsonl").read_text("utf-8").replace("no_comma", "no_coma"), "utf-8")
    assert main(["run", _recipe(student, "bench", IFEVAL)]) == 2
    assert "prompts.jsonl, line 1: the instruction 'punctuation:no_coma' is unknown" in capsys.readouterr().err
    assert not list(Path().glob("store/*/*/manifest.json"))


def test_doctor_looks_at_the_file(tmp_path: Path, student: Path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    recipe = _recipe(student, "bench", IFEVAL)
    assert main(["doctor", recipe, "--json"]) == 2
    _prompts(*MADE_UP)
    load_benchmark.cache_clear()
    assert main(["doctor", recipe, "--json"]) in {0, 2}  # the machine may lack memory
    before, after = (json.loads(line)["findings"] for line in capsys.readouterr().out.splitlines())
    rows = [next(one for one in findings if one["what"] == "benchmark ifeval") for findings in (before, after)]
    assert [one["ready"] for one in rows] == [False, True]
    assert rows[1]["found"] == "4 prompts"
