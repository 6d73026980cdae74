"""The figure of the minimal pairs: by hand, and with a student whose preferences are known."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.evaluate.everyday.stage import select_everyday
from secondhalf.evaluate.minimal_pairs.pairs import MinimalPair
from secondhalf.evaluate.minimal_pairs.stage import moved, score_minimal_pairs, select_minimal_pairs
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.store import Stage


def _pair(id: str, topic: str, kind: str = "use_word") -> MinimalPair:
    return MinimalPair(id, "en", kind, topic, f"plain {id}", f"prompt {id}", f"kept {id}", f"broken {id}", {})


class _Student:
    """Nats by the texts of prompt and answer, which its tokenizer leaves as they are."""

    def __init__(self, nats: dict[tuple[str, str], float]) -> None:
        self.nats, self.tokenizer = nats, None

    def loglikelihood(self, pairs: Any, *, label: str) -> list[tuple[float, int]]:
        return [(self.nats[pair], 3) for pair in pairs]


class _Template:
    def encode_prompt(self, tokenizer: None, text: str) -> str:
        return text

    def encode_response(self, tokenizer: None, text: str, *, ended: bool) -> str:
        assert ended, "a whole answer is one that ends"
        return text


def _scores(
    folder: Path, nats: dict[str, tuple[float, float, float, float]], pairs: list[MinimalPair]
) -> dict[Any, float]:
    student = _Student(
        {
            (f"{text} {id}", f"{answer} {id}"): value
            for id, values in nats.items()
            for (text, answer), value in zip(
                [("prompt", "kept"), ("prompt", "broken"), ("plain", "kept"), ("plain", "broken")], values, strict=True
            )
        }
    )
    stage = Stage(folder)
    scores = score_minimal_pairs(student, _Template(), pairs, stage, "test")  # type: ignore[arg-type]
    return {(score.figure, score.id): score.value for score in scores}


def test_by_hand(tmp_path: Path) -> None:
    pairs = [_pair("a", "mill"), _pair("b", "mill"), _pair("c", "mill", "begin"), _pair("d", "river")]
    nats = {
        "a": (-5.0, -9.0, -6.0, -8.0),  # 4 nats with the constraint, 2 without: moved
        "b": (-5.0, -7.0, -4.0, -9.0),  # 2 against 5: moved away, though the kept answer is the likelier one
        "c": (-9.0, -8.0, -9.0, -5.0),  # -1 against -4: moved, though the broken answer stays the likelier one
        "d": (-2.0, -3.0, -4.0, -5.0),  # 1 against 1: nothing moved
    }
    assert _scores(tmp_path / "s", nats, pairs) == {
        ("minimal_pairs", "en-mill"): pytest.approx(2 / 3),
        ("minimal_pairs", "en-river"): 0.5,
        ("minimal_pair", "en-use_word-mill"): 0.5,
        ("minimal_pair", "en-begin-mill"): 1.0,
        ("minimal_pair", "en-use_word-river"): 0.5,
    }
    # What is kept: by how many nats the kept answer is likelier than the broken one.
    assert Stage(tmp_path / "s").read("preferences").to_pylist() == [
        {"id": "a", "constrained": 4.0, "plain": 2.0},
        {"id": "b", "constrained": 2.0, "plain": 5.0},
        {"id": "c", "constrained": -1.0, "plain": -4.0},
        {"id": "d", "constrained": 1.0, "plain": 1.0},
    ]


@pytest.mark.parametrize(("constrained", "plain", "expected"), [(2, 1, 1), (1, 2, 0), (-1, -2, 1), (1, 1, 0.5)])
def test_by_sign(constrained: float, plain: float, expected: float) -> None:
    assert moved(constrained, plain) == expected


def test_a_taste_for_one_of_two_answers_is_worth_nothing(tmp_path: Path) -> None:
    """A model that finds one answer likelier than its mirror, and the more so under any constraint, is at chance."""
    nats = {"a": (-3.0, -9.0, -4.0, -6.0), "b": (-9.0, -3.0, -6.0, -4.0)}
    assert _scores(tmp_path / "s", nats, [_pair("a", "mill"), _pair("b", "mill")])["minimal_pairs", "en-mill"] == 0.5


def test_a_limit_keeps_opposite_pairs_together_and_grows() -> None:
    few, more = (select_minimal_pairs(EvaluateSettings(minimal_pairs=count)) for count in (20, 60))
    assert len(few) == 20
    assert {pair.id for pair in few} < {pair.id for pair in more}
    assert all(sum(pair.id[:-1] == other.id[:-1] for other in few) % 2 == 0 for pair in few)
    assert select_minimal_pairs(EvaluateSettings(minimal_pairs=0)) == []


def test_one_language_alone() -> None:
    assert {pair.language for pair in select_minimal_pairs(EvaluateSettings(languages=["ja"]))} == {"ja"}
    assert len(select_minimal_pairs(EvaluateSettings(languages=["ja"]))) >= 200
    assert {prompt.language for prompt in select_everyday(EvaluateSettings(languages=["en"]))} == {"en"}


def test_a_student_in_memory(student: Path, tmp_path: Path) -> None:
    pairs = select_minimal_pairs(EvaluateSettings(minimal_pairs=12))
    model, stage = StudentModel(student), Stage(tmp_path / "stage")
    scores = score_minimal_pairs(model, Template.named("plain"), pairs, stage, "test")
    assert {score.figure for score in scores} == {"minimal_pairs", "minimal_pair"}
    assert all(0 <= score.value <= 1 for score in scores)
