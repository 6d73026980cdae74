"""Rows that come and go: each answer is that of its prompt alone, whoever shares its batch."""

from collections import deque
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.generation.batch import SequenceBatch, SequenceState  # noqa: E402
from secondhalf.models.generation.continuous_batching import decode  # noqa: E402
from secondhalf.models.generation.kv_cache import rows_are_separable  # noqa: E402
from secondhalf.models.request import Sampling  # noqa: E402
from support.small_models import small_model  # noqa: E402

PROMPTS = [[2, *range(20 + n, 20 + n + 1 + 5 * n % 37)] for n in range(24)]
ALIKE = [[2, *range(100, 111), *ids] for ids in PROMPTS]  # all begin with so much that it is read once


def _decode_all(
    model: Any,
    is_finished: Callable[[list[int]], bool],
    max_rows: int,
    most: int = 30,
    temperature: float = 0.0,
    prompts: list[list[int]] = PROMPTS,
) -> list[list[int]]:
    sampling = Sampling(max_tokens=most, temperature=temperature, top_p=1.0)
    waiting = deque(SequenceState(ids, sampling, Random(n), n) for n, ids in enumerate(prompts))
    actual: dict[int, list[int]] = {}
    counted: list[int] = []
    with torch.inference_mode():
        for row in decode(
            model,
            lambda free, _: [waiting.popleft() for _ in range(min(free, len(waiting)))],
            is_finished,
            max_rows=max_rows,
            pad=0,
            on_tokens=counted.append,
        ):
            assert row.handle not in actual
            actual[row.handle] = row.generated
    assert sum(counted) == sum(map(len, actual.values()))
    return [actual[n] for n in range(len(PROMPTS))]


def _alone(model: Any, ids: list[int], is_finished: Callable[[list[int]], bool], most: int = 30) -> list[int]:
    """The likeliest token again and again, without cache, batch or padding."""
    tokens: list[int] = []
    with torch.inference_mode():
        while len(tokens) < most:
            tokens.append(int(model(input_ids=torch.tensor([ids + tokens]), use_cache=False).logits[0, -1].argmax()))
            if is_finished(tokens):
                break
    return tokens


def _is_finished(tokens: list[int]) -> bool:
    return tokens[-1] % 7 == 0 or sum(tokens) % 11 == 0


@pytest.mark.parametrize(
    "kind", ["gemma", "llama", "mistral", "gpt2", "deepseek", "gemma3", "llama4", "mamba", "falcon", "gpt_neo"]
)
def test_answers_are_those_of_each_prompt_alone(kind: str, student: Path) -> None:
    model = small_model(kind, student)
    assert rows_are_separable(model) == (kind not in {"mamba", "falcon", "gpt_neo"})
    expected = [_alone(model, ids, _is_finished) for ids in PROMPTS]
    assert len({len(tokens) for tokens in expected}) > 1
    assert _decode_all(model, _is_finished, max_rows=5) == expected
    assert _decode_all(model, _is_finished, max_rows=64) == expected


@pytest.mark.parametrize("kind", ["gemma", "llama", "mistral", "gpt2", "deepseek", "gemma3", "llama4"])
def test_what_all_prompts_begin_with_is_read_once(kind: str, student: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = small_model(kind, student)
    expected = [_alone(model, ids, _is_finished) for ids in ALIKE]
    read: list[int] = []
    forward = SequenceBatch._forward
    monkeypatch.setattr(
        SequenceBatch,
        "_forward",
        lambda self, rows, ids, *more: read.append(ids.shape[1]) or forward(self, rows, ids, *more),
    )
    assert _decode_all(model, _is_finished, max_rows=5, prompts=ALIKE) == expected
    assert _decode_all(model, _is_finished, max_rows=64, prompts=ALIKE) == expected
    # A short window counts places: there each prompt is read whole.
    assert (13 in read) == (kind in {"llama", "gpt2", "deepseek"})


@pytest.mark.parametrize("kind", ["llama", "mamba"])
def test_draws_do_not_depend_on_the_batch(kind: str, student: Path) -> None:
    model = small_model(kind, student)
    few = _decode_all(model, _is_finished, max_rows=3, temperature=1.0)
    assert few == _decode_all(model, _is_finished, max_rows=64, temperature=1.0)
    assert few != _decode_all(model, _is_finished, max_rows=3)


def test_answers_longer_than_the_room_of_a_cache(student: Path) -> None:
    model = small_model("llama", student)
    assert _decode_all(model, lambda _: False, 5, most=80) == [
        _alone(model, ids, lambda _: False, 80) for ids in PROMPTS
    ]


def test_attention_is_put_back_as_it_was(student: Path) -> None:
    model = small_model("llama", student)
    before = model.config._attn_implementation
    _decode_all(model, _is_finished, max_rows=8)
    assert model.config._attn_implementation == before == "sdpa"


def test_the_newest_question_is_taken_while_others_are_written(student: Path) -> None:
    model = small_model("llama", student)
    requests: list[tuple[int, bool]] = []

    def next_rows(free: int, idle: bool) -> list[SequenceState]:
        requests.append((free, idle))
        return (
            [SequenceState(PROMPTS[3], Sampling(max_tokens=5, temperature=0), Random(1))]
            if len(requests) in {1, 3}
            else []
        )

    with torch.inference_mode():
        rows = list(decode(model, next_rows, lambda _: False, max_rows=4, pad=0))
    assert [row.generated for row in rows] == [_alone(model, PROMPTS[3], lambda _: False, 5)] * 2
    assert requests[0] == (4, True)
    assert requests[2] == (3, False)
    assert requests[-1] == (4, True)
