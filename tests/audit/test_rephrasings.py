"""Which prompt a sentence is nearest to, with an encoder whose rows are known."""

import numpy as np
import pytest

from secondhalf.audit.overlap import EvaluatedText
from secondhalf.audit.rephrasings import RephrasingSettings, find_rephrasings
from secondhalf.rows import Pair

WORDS = ("river", "stream", "moon", "bread")
PROMPTS = [
    EvaluatedText("own", "a", "prompt", "Name a river."),
    EvaluatedText("own", "b", "turn 2", "Why is the moon round?"),
]
SETTINGS = RephrasingSettings(model="dummy", similarity=0.7)


def _embed(texts):
    """A dimension for each of three things; a stream is a river but for a little, and every text has some of the last."""
    rows = np.array([[*(word in text.lower() for word in WORDS), 0.1] for text in texts], np.float32).reshape(
        len(texts), 5
    )
    rows[:, 0] += 0.9 * rows[:, 1]
    rows[:, 1] *= 0.3
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def _pair(id: str, prompt: str, response: str) -> Pair:
    return Pair(id, "d", "words", "en", prompt, "", response)


def test_the_nearest_prompt_is_named_with_its_place() -> None:
    pairs = [
        _pair("one", "It was late. Tell me the name of a stream! He said nothing.", "They baked bread all night."),
        _pair("two", "They baked bread all night.", "It rained. The moon has a reason for its shape."),
        _pair("three", "They baked bread all night.", "They ate it in the morning."),
        _pair("four", "", "Hm."),
    ]
    one, two, three, four = find_rephrasings(pairs, PROMPTS, _embed, SETTINGS)
    assert (one.id, one.passed, one.score) == ("one", False, pytest.approx(0.95, abs=0.01))
    assert one.reason == "holds an evaluation prompt in other words: own a (prompt), in the prompt"
    assert pairs[0].prompt[one.start : one.end].strip() == "Tell me the name of a stream!"
    assert two.reason == "holds an evaluation prompt in other words: own b (turn 2), in the response"
    assert (three.passed, three.reason) == (True, "")
    assert (four.passed, four.score) == (True, 0.0)


def test_without_prompts_nothing_is_found() -> None:
    assert [
        verdict.passed for verdict in find_rephrasings([_pair("p", "Name a river.", "Yes.")], [], _embed, SETTINGS)
    ] == [True]
