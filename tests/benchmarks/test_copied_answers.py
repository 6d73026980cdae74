"""Answers that copy their prompt count as failed, each seed by itself."""

import sys

from support import ROOT

sys.path.insert(0, str(ROOT / "benchmarks"))

from copied_answers import answers_of, arm_figures
from look_again import scores_of

PROMPTS = {"a": "Say five words about a tree.", "b": "Say what the old town was called before."}


def test_a_run_of_two_seeds() -> None:
    passed = [{"a": 1.0, "b": 1.0}, {"a": 1.0, "b": 0.0}]
    copy = "Say five words about a tree"  # each of its 4-grams stands in the prompt
    answers = [{"a": copy, "b": "Nobody knows"}, {"a": "Green and high it stands", "b": ""}]
    assert arm_figures(passed, answers, PROMPTS, 0.3) == {"passed": 0.75, "passed_without_copies": 0.5, "words": 3.2}
    assert arm_figures(passed, answers, PROMPTS, 1.0)["passed_without_copies"] == 0.75


def test_a_kept_result_has_an_answer_to_each_score() -> None:
    scores, answers = scores_of("rehearsed"), answers_of("rehearsed")
    assert len(answers["taught"]) == 3
    assert len(answers["untouched"]) == 1
    for arm, seeds in answers.items():
        assert [texts.keys() for texts in seeds] == [values.keys() for values in scores[arm, "checks_cut"]]
