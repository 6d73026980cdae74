"""Strict and loose verdicts, the accuracies, and the language of an answer, which must not change from day to day."""

import random
import subprocess
import sys

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.language import detect_language
from secondhalf.evaluate.ifeval.prompts import IFEvalPrompt
from secondhalf.evaluate.ifeval.score import (
    InstructionVerdict,
    accuracies,
    check_response,
    verify_instructions,
    versions,
)
from support import ifeval_needs

ifeval_needs.packages()

QUOTED = IFEvalPrompt("1", "Quote it.", ("startend:quotation", "punctuation:no_comma"), ({}, {}), "mine.jsonl, line 1")
# Short and mixed: without a seed, its language comes out one way or another.
MIXED = "Kaho, aapee koi chho to koi jivan kareesh?"


def test_loose_takes_lines_and_stars_away() -> None:
    assert check_response(QUOTED, '"Rain."') == [
        ("startend:quotation", True, True),
        ("punctuation:no_comma", True, True),
    ]
    assert check_response(QUOTED, 'Sure:\n"Rain."')[0] == ("startend:quotation", False, True)
    assert check_response(QUOTED, '"Rain."\nHope it helps')[0] == ("startend:quotation", False, True)
    assert check_response(QUOTED, 'Sure, here:\n"Rain."\nBye')[0] == ("startend:quotation", False, True)
    assert check_response(QUOTED, '**"Rain."**')[0] == ("startend:quotation", False, True)
    assert check_response(QUOTED, 'a\nb\n"Rain."')[0] == ("startend:quotation", False, False)


def test_versions_are_eight_at_most_and_the_answer_is_first() -> None:
    assert versions("*a*\nb\nc") == ["*a*\nb\nc", "a\nb\nc", "b\nc", "*a*\nb", "a\nb", "b"]
    assert versions("a")[0] == "a"


@pytest.mark.parametrize("blank", ["", " ", "\n\n"])
def test_a_blank_answer_follows_nothing(blank: str) -> None:
    assert not any(one.strict or one.loose for one in check_response(QUOTED, blank))


def test_accuracies_count_prompts_and_instructions() -> None:
    both, half = (
        [InstructionVerdict("a", True, True)],
        [InstructionVerdict("a", False, True), InstructionVerdict("b", True, True)],
    )
    assert accuracies([both, half]) == {
        "prompt_strict": 1 / 2, "prompt_loose": 1.0, "instruction_strict": 2 / 3, "instruction_loose": 1.0,
    }  # fmt: skip
    with pytest.raises(UserError, match="no response"):
        accuracies([])


def test_bad_instructions_name_their_row() -> None:
    verify_instructions([QUOTED])
    bad = IFEvalPrompt(
        "2", "?", ("keywords:frequency",), ({"keyword": "a", "frequency": 1, "relation": "over"},), "f, line 2"
    )
    with pytest.raises(UserError, match="f, line 2: The relation 'over' is unknown"):
        verify_instructions([QUOTED, bad])


def test_the_language_does_not_depend_on_chance() -> None:
    languages = set()
    for seed in range(20):
        random.seed(seed)
        languages.add(detect_language(MIXED))
    assert len(languages) == 1
    other = subprocess.run(
        [sys.executable, "-c", f"from secondhalf.evaluate.ifeval.language import detect_language; print(detect_language({MIXED!r}))"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert other.stdout.strip() == languages.pop()


def test_nobody_elses_detection_is_seeded() -> None:
    from langdetect import DetectorFactory

    detect_language(MIXED)
    assert DetectorFactory.seed is None


def test_a_text_without_letters_has_no_language() -> None:
    assert detect_language("123 ...") is None
    assert detect_language("") is None
