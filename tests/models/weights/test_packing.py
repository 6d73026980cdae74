from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.weights import packing  # noqa: E402
from secondhalf.models.weights.packing import Example, backward, hidden_states, logprobs, pack_indices  # noqa: E402

Pairs = list[Example]


@pytest.fixture
def model(student: Path) -> Any:
    """In float32, so that equal means equal."""
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(student, dtype=torch.float32, attn_implementation="sdpa").eval()


@pytest.fixture
def examples(model: Any) -> Pairs:
    """Lengths around the sliding window of 8, one far beyond it."""
    numbers = torch.Generator().manual_seed(1)
    pairs: Pairs = []
    for length in (3, 8, 21, 5):
        ids = torch.randint(6, model.config.vocab_size, (length,), generator=numbers).tolist()
        pairs.append((ids, [-100] * (length // 2) + ids[length // 2 :]))
    return pairs


def naive(model: Any, example: Example) -> Any:
    """Log-probabilities of the labelled tokens by the model's own logits, one example alone."""
    ids, labels = example
    actual = model(input_ids=torch.tensor([ids]), use_cache=False).logits[0].log_softmax(-1)
    return torch.stack([actual[position - 1, token] for position, token in enumerate(labels) if token != -100])


def test_packs_keep_order_and_budget() -> None:
    assert list(pack_indices([3, 4, 9, 2, 2], 7)) == [[0, 1], [2], [3, 4]]
    assert list(pack_indices([], 7)) == []


def test_a_packed_row_equals_its_examples_alone(model: Any, examples: Pairs) -> None:
    with torch.no_grad():
        states, labels, example_index = hidden_states(model, examples)
        actual = logprobs(model, states, labels)
        for number, example in enumerate(examples):
            torch.testing.assert_close(actual[example_index == number], naive(model, example), atol=1e-5, rtol=1e-5)


def test_what_stands_before_in_the_row_changes_nothing(model: Any, examples: Pairs) -> None:
    with torch.no_grad():
        last = [logprobs(model, *hidden_states(model, [first, examples[2]])[:2])[-5:] for first in examples[:2]]
    torch.testing.assert_close(*last, atol=1e-5, rtol=1e-5)


def test_without_the_restarting_positions_they_would_leak(model: Any, examples: Pairs) -> None:
    # Shows that the two tests above are able to fail.
    joined = [([*examples[0][0], *examples[2][0]], [-100] * len(examples[0][0]) + examples[2][1])]
    with torch.no_grad():
        states, labels, _ = hidden_states(model, joined)
        difference = (logprobs(model, states, labels) - naive(model, examples[2])).abs().max()
    assert float(difference) > 1e-2


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_backward_equals_autograd(model: Any, examples: Pairs, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "CHUNK_BYTES", rows * 4 * model.config.vocab_size)
    # The embedding is the output layer as well: its gradient is that of both.
    weights = [model.get_output_embeddings().weight, *(layer.self_attn.q_proj.weight for layer in model.model.layers)]
    summed = -sum(naive(model, example).sum() for example in examples)
    expected = torch.autograd.grad(summed * 0.25, weights)
    states, labels, _ = hidden_states(model, examples)
    total = backward(model, states, labels, 0.25)
    assert total == pytest.approx(float(summed.detach()), rel=1e-5)
    for weight, gradient in zip(weights, expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient, atol=1e-5, rtol=1e-4)


def test_a_first_token_has_no_likelihood(model: Any) -> None:
    _, labels, _ = hidden_states(model, [([7, 8, 9], [7, 8, 9])])
    assert labels.tolist() == [8, 9]
