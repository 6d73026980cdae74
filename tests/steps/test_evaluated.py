"""What a recipe evaluates on, as texts that no pair may hold; a stage that refuses by it is made anew when any of it changes."""

import json
from collections import Counter
from pathlib import Path

import pytest

import secondhalf
from secondhalf.errors import UserError
from secondhalf.evaluate.benchmarks import BENCHMARKS
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.runs import Label
from secondhalf.steps.evaluated import evaluated_texts, evaluation_index
from support.recipes import tiny_recipe

QUESTION = "Describe the smell of an old mill on a rainy day."


def _own(path: Path, *prompts: str) -> dict[str, str]:
    rows = [
        {"id": f"p{n}", "prompt": prompt, "reference": f"Answer {n} is the right one."}
        for n, prompt in enumerate(prompts)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return {"name": "own", "path": str(path)}


def _parts(settings: EvaluateSettings) -> Counter[tuple[str, str]]:
    return Counter((text.benchmark, text.part) for text in evaluated_texts(settings))


def test_own_sets_are_evaluated_as_far_as_the_recipe_says() -> None:
    counts = _parts(EvaluateSettings())
    assert {benchmark for benchmark, _ in counts} == {"everyday", "minimal_pairs"}
    assert counts["everyday", "prompt"] == counts["everyday", "answer"] > 500
    assert _parts(EvaluateSettings(part="choose", limit=2)) == counts  # whole sets
    with_safety = _parts(EvaluateSettings(minimal_pairs=0, safety={"enabled": True, "limit": 2}))
    assert {benchmark for benchmark, _ in with_safety} == {"everyday", "safety"}
    assert with_safety["safety", "prompt"] > 100


def test_files_of_benchmarks_with_turns_and_answers(tmp_path: Path) -> None:
    question, answer = tmp_path / "question.jsonl", tmp_path / "answer.jsonl"
    question.write_text(
        json.dumps({"question_id": 1, "category": "math", "turns": ["What is two and two?", "And three?"]})
    )
    answer.write_text(json.dumps({"question_id": 1, "choices": [{"turns": ["It is four.", "It is five."]}]}))
    alpaca, arena, ifeval = (tmp_path / f"{name}.jsonl" for name in ("alpaca", "arena", "ifeval"))
    alpaca.write_text(json.dumps({"instruction": "Name a river.", "output": "The Seine."}))
    arena.write_text(json.dumps({"question_id": "q", "prompt": "Write a sort.", "cluster": "code"}))
    ifeval.write_text(
        json.dumps({"key": 1, "prompt": "Write.", "instruction_id_list": ["punctuation:no_comma"], "kwargs": [{}]})
    )
    benchmarks = [
        {"name": "mt_bench", "path": str(question), "references": str(answer)},
        {"name": "alpaca_eval", "path": str(alpaca)},
        {"name": "arena_hard", "path": str(arena), "baseline": "arm:untouched"},
        *({"name": name, "path": str(ifeval)} for name in ("ifeval", "ifeval_ja", "ifbench")),
        {**_own(tmp_path / "own.jsonl", QUESTION), "limit": 2},
    ]
    settings = EvaluateSettings(benchmarks=benchmarks, judging={"judges": [{"model": "dummy"}]})
    counts = _parts(settings)
    assert {benchmark for benchmark, _ in counts} >= set(BENCHMARKS)
    assert {part for benchmark, part in counts if benchmark == "mt_bench"} == {
        "turn 1",
        "turn 2",
        "answer 1",
        "answer 2",
    }
    assert {part for benchmark, part in counts if benchmark in ("own", "alpaca_eval")} == {"prompt", "answer"}


def test_a_missing_file_is_told_before_training(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="absent"):
        evaluation_index(EvaluateSettings(benchmarks=[{"name": "own", "path": str(tmp_path / "absent.jsonl")}]))


def test_pairs_are_refused_before_training_and_a_changed_prompt_makes_the_audit_anew(tmp_path: Path) -> None:
    """Another trial's limit does not."""
    texts = [
        f"On page {n} a teacher wrote at the board: {QUESTION} The class was quiet. " + "It rained. " * n
        for n in (20, 30)
    ]
    texts.append(
        "On page forty nobody wrote anything at the board of the old school. The class was quiet. " + "It rained. " * 25
    )
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), "utf-8")
    path = tiny_recipe(
        tmp_path / "tiny.yaml",
        corpus={"reader": "jsonl", "path": str(tmp_path / "texts.jsonl"), "sample": 3, "section_words": None},
        clean={"gopher_repetition": {"enabled": False}, "near_duplicates": {"enabled": False}, "passages": {"enabled": False},
               "gopher_quality": {"enabled": False}, "c4": {"enabled": False}},
        split={"min_prompt_words": 10, "max_prompt_words": 40},
        data={"original": None},
    )  # fmt: skip

    def audit(run_name: str, **benchmark: object) -> tuple[str, dict[str, str]]:
        settings = {"benchmarks": [benchmark]} if benchmark else {}
        recipe = secondhalf.load(path, name=run_name, evaluate=settings)
        run = secondhalf.run(recipe, until="audit", runs=tmp_path / "runs", store=tmp_path / "store")
        verdicts = secondhalf.Results(run).table("audit:taught", "verdicts").to_pylist()
        reasons = {
            row["id"]: row["reason"] for row in verdicts if row["check"] == "contamination" and not row["passed"]
        }
        return run.stages()[Label("audit", data="taught")].key, reasons

    without, none_refused = audit("without")
    own = _own(tmp_path / "own.jsonl", QUESTION, "Name a colour.")
    first, refused = audit("first", **own)
    assert none_refused == {}
    assert list(refused.values()) == ["holds an evaluation text: own p0 (prompt), in the prompt"] * 2
    assert first != without

    def identity(settings: dict[str, object]) -> str:
        return evaluation_index(EvaluateSettings(benchmarks=[settings])).identity

    assert identity(own) == identity({**own, "limit": 2})
    assert identity(own) != identity(_own(tmp_path / "other.jsonl", QUESTION, "Name a bright colour."))
