"""The pull back to another model: its gradient is autograd's of the Kullback-Leibler divergence."""

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.weights.pull import Pull  # noqa: E402


@pytest.mark.parametrize("over", ["vocabulary", "others"])
def test_the_gradient_is_that_of_the_divergence(over: str) -> None:
    numbers = torch.Generator().manual_seed(2)
    tuned, untouched = (torch.randn(5, 11, generator=numbers, dtype=torch.float64) * 2 for _ in range(2))
    tuned.requires_grad_(True)
    labels, weight = torch.tensor([0, 3, 10, 3, 7]), 0.7
    loss = torch.nn.functional.cross_entropy(tuned, labels, reduction="sum")
    if over == "others":
        right = torch.nn.functional.one_hot(labels, 11).bool()
        logs = [logits.masked_fill(right, -1e9).log_softmax(1) for logits in (untouched, tuned)]
    else:
        logs = [logits.log_softmax(1) for logits in (untouched, tuned)]
    divergence = (logs[0].exp() * (logs[0] - logs[1])).sum()
    [expected] = torch.autograd.grad(loss + weight * divergence, tuned)

    gradient = tuned.detach().softmax(1)
    gradient[torch.arange(5), labels] -= 1
    Pull(untouched, weight, over).add_gradient(gradient, untouched.clone(), labels)  # type: ignore[arg-type]
    torch.testing.assert_close(gradient, expected, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("over", ["vocabulary", "others"])
def test_a_model_is_not_pulled_from_where_it_is(over: str) -> None:
    logits, labels = torch.randn(4, 9, generator=torch.Generator().manual_seed(3)), torch.tensor([1, 2, 3, 4])
    gradient = logits.softmax(1)
    gradient[torch.arange(4), labels] -= 1
    before = gradient.clone()
    Pull(logits, 5.0, over).add_gradient(gradient, logits.clone(), labels)  # type: ignore[arg-type]
    torch.testing.assert_close(gradient, before, atol=1e-5, rtol=1e-5)


def test_a_right_token_that_is_certain_divides_nothing_by_zero() -> None:
    logits = torch.tensor([[200.0, 0.0, 0.0]])
    gradient = logits.softmax(1)
    gradient[0, 0] -= 1
    Pull(logits, 1.0, "others").add_gradient(gradient, logits.clone(), torch.tensor([0]))
    assert gradient.isfinite().all()
