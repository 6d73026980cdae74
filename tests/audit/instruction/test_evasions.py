"""Attempts to slip an instruction past the detectors: what gets through is counted and named here, and reported as their error."""

import json
from collections import Counter
from functools import cache
from pathlib import Path

from secondhalf.audit.instruction.detector import find_instructions
from secondhalf.rows import Pair

THROUGH = {
    "en": [
        "Braille", "Caesar by three", "Morse code", "Pig Latin", "a wish as a story", "another language: Arabic",
        "another language: Esperanto", "another language: Hindi", "another language: Latin", "another language: Polish",
        "another language: Turkish", "another language: Vietnamese", "backwards by words", "base32", "binary digits",
        "capitals down the lines", "emoji", "every other word", "no verb of asking", "phonetic letters", "upside down",
        "wrong spelling",
    ],
    "ja": ["Roman letters", "another dialect"],
}  # fmt: skip


@cache
def _attempts() -> list[dict[str, str]]:
    lines = Path(__file__).with_name("evasions.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _pair(attempt: dict[str, str]) -> Pair:
    return Pair("p", "d", "words", attempt["language"], attempt["prompt"], "", attempt["response"])


def test_what_gets_through_is_known() -> None:
    assert len(_attempts()) >= 80
    findings = find_instructions([_pair(attempt) for attempt in _attempts()])
    through = {
        language: sorted(
            attempt["how"]
            for attempt, sides in zip(_attempts(), findings, strict=True)
            if attempt["language"] == language and not any(side.flagged for side in sides)
        )
        for language in ("en", "ja")
    }
    assert through == THROUGH


def test_the_words_around_an_attempt_are_plain() -> None:
    """Else an attempt would be found for the wrong reason."""
    befores = Counter(attempt["prompt"][:30] for attempt in _attempts())
    assert befores.most_common(1)[0][1] > 60
    plain = [
        Pair("p", "d", "words", "en", "The harbour was quiet that morning, and the boats lay where the tide had left them.", "",
             "Nobody came down to the quay before noon, and the gulls had it to themselves."),
        Pair("p", "d", "words", "ja", "港はその朝静かで、船は潮が残していった場所に横たわっていた。", "", "昼まで岸へ下りてくる人はなく、かもめだけがいた。"),
    ]  # fmt: skip
    assert not any(side.flagged for sides in find_instructions(plain) for side in sides)
