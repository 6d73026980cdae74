"""What is compared for parity, by hand: ids, answers up to their end, and nats a token."""

from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.export import parity
from secondhalf.export.parity import ReferenceAnswers, check_transformers

END = 1
REFERENCE = ReferenceAnswers(
    prompts=["a", "b", "c"],
    hostile=1,
    ids=[[2, 10], [2, 11], [2, 12]],
    answers=[[20, 21, END], [22], [23, END]],
    logprobs=[[-1.0, -2.0, -0.5], [-3.0], [-1.0, -1.0]],
    untouched=[[-2.0, -2.0, -1.5], [-6.0], [-2.0, -0.5]],
)


class _Exported:
    """Goes on after an end, as a model that is let; the second answer is another."""

    def generate_ids(self, ids: Any, **_: Any) -> list[list[int]]:
        return [[20, 21, END, 99, END], [33], [23, END, 40]]

    def token_logprobs(self, pairs: Any, *, label: str) -> list[list[float]]:
        assert pairs == list(zip(REFERENCE.ids, REFERENCE.answers, strict=True))
        return [[-1.0, -2.5, -0.5], [-2.0], [-1.0, -1.0]]


def test_by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"a": [2, 10], "b": [2, 99], "c": [2, 12]}
    monkeypatch.setattr(parity, "chat_ids", lambda tokenizer, prompt: own[prompt])
    result = check_transformers("merged", REFERENCE, _Exported(), None, [END])  # type: ignore[arg-type]
    assert (result.prompts, result.prompt_ids_equal, result.hostile, result.hostile_ids_equal) == (2, 1, 1, 1)
    assert result.answers_equal == 2
    assert (result.tokens, result.mean_difference, result.largest_difference) == (6, pytest.approx(1.5 / 6), 1.0)
    # 1, 0, 1, 3, 1 and 0.5 nats by the training, over six tokens.
    assert result.training_changed == pytest.approx(6.5 / 6)
    assert not result.passed
    assert "Prompts 1 of 2 token for token, 2 of 3 greedy answers token for token" in result.summary()
