"""From a student's log-likelihoods to the figures, by hand: sums of whole responses in, nats a token out, prompt by prompt."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.evaluate.everyday import stage as everyday
from secondhalf.evaluate.everyday.prompts import EverydayPrompt
from secondhalf.evaluate.everyday.stage import score_everyday
from secondhalf.evaluate.settings import EvaluateSettings
from secondhalf.rows import Answer, to_table
from secondhalf.store import Stage

# Responses of 1, 2 and 4 tokens: their own difficulty and their length differ.
RESPONSES = {"one": [1], "two": [1, 2], "three": [1, 2, 3, 4]}
PROMPTS = [EverydayPrompt(id, "en", "place", id, (), id) for id in RESPONSES]
# Nats of a whole response (second) after a prompt (first).
SUMS = {
    ("one", "one"): -1.0, ("one", "two"): -6.0, ("one", "three"): -2.0,
    ("two", "one"): -4.0, ("two", "two"): -4.0, ("two", "three"): -20.0,
    ("three", "one"): -3.0, ("three", "two"): -10.0, ("three", "three"): -8.0,
}  # fmt: skip


class _Student:
    tokenizer = None

    def loglikelihood(self, pairs: Any, *, label: str) -> list[tuple[float, int]]:
        by_length = {len(ids): id for id, ids in RESPONSES.items()}
        return [(SUMS[prompt, by_length[len(ids)]], len(ids)) for prompt, ids in pairs]

    def divergence(self, pairs: Any, *, label: str) -> list[tuple[float, float]]:
        return [(float(len(ids)), len(ids) / 10) for _, ids in pairs]


class _Template:
    def encode_prompt(self, tokenizer: None, text: str) -> str:
        return text

    def encode_response(self, tokenizer: None, text: str, *, ended: bool) -> list[int]:
        assert not ended, "the end of a response is no part of how likely it is"
        return RESPONSES[text]


def _scores(folder: Path, monkeypatch: pytest.MonkeyPatch, *, whole: bool = False) -> dict[str, dict[str, float]]:
    monkeypatch.setattr(everyday, "select_everyday", lambda _: PROMPTS)
    answers, stage = Stage(folder / "answers"), Stage(folder / "scores")
    answers.write("answers", 0, to_table(Answer, [Answer(id, "Far away.", "stop", 3) for id in RESPONSES]))
    settings = EvaluateSettings(others=2)
    score_everyday(_Student(), _Template(), settings, answers, stage, "test", whole=whole)  # type: ignore[arg-type]
    scores: dict[str, dict[str, float]] = {}
    for row in stage.read().to_pylist():
        scores.setdefault(row["figure"], {})[row["id"]] = row["value"]
    return scores


def test_from_sums_to_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = _scores(tmp_path, monkeypatch)
    # A token: one after one -1, two -4, three -3; two after one -3, two -2, three -5; three after one -0.5, two -5, three -2.
    assert scores["margin"] == pytest.approx({"one": -1 + 3.5 / 2, "two": -2 + 9 / 2, "three": -2 + 8 / 2})
    assert scores["relevance"] == pytest.approx({"one": -1 + 7 / 2, "two": -2 + 8 / 2, "three": -2 + 5.5 / 2})
    assert scores["ranking"] == {"one": 0.5, "two": 1.0, "three": 1.0}
    assert scores["entropy"] == {"one": 1.0, "two": 2.0, "three": 4.0}
    assert scores["divergence"] == pytest.approx({"one": 0.1, "two": 0.2, "three": 0.4})


def test_a_model_that_was_trained_whole_has_no_divergence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scores = _scores(tmp_path, monkeypatch, whole=True)
    assert "divergence" not in scores
    assert "entropy" in scores
