"""One token's attention equals torch's own, and whatever it is not made for is left to that."""

import pytest

torch = pytest.importorskip("torch")

from transformers.integrations.sdpa_attention import sdpa_attention_forward  # noqa: E402

from secondhalf.models.generation.decode_attention import _attend  # noqa: E402


class _Layer(torch.nn.Module):
    num_key_value_groups = 3
    is_causal = True


def _given(queries: int, masked: bool = True):
    torch.manual_seed(4)
    query = torch.randn(5, 6, queries, 8, dtype=torch.float64)
    key, value = (torch.randn(5, 2, 11, 8, dtype=torch.float64) for _ in range(2))
    # Rows of 3 to 11 tokens, padded on the left.
    mask = torch.arange(11) >= torch.tensor([0, 8, 3, 5, 1])[:, None]
    return query, key, value, mask[:, None, None].expand(5, 1, queries, 11) if masked else None


@pytest.mark.parametrize("options", [{}, {"scaling": 0.3}])
def test_one_query_of_grouped_heads_under_a_mask(options) -> None:
    given = _given(1)
    expected, _ = sdpa_attention_forward(_Layer(), *given, **options)
    actual, _ = _attend(_Layer(), *given, **options)
    # Scores are rounded to float32 on the way.
    torch.testing.assert_close(actual, expected, atol=1e-6, rtol=1e-6)


def test_a_padded_token_weighs_nothing() -> None:
    query, key, value, mask = _given(1)
    expected, _ = _attend(_Layer(), query, key, value, mask)
    value = torch.where(mask[:, 0, 0, :, None][:, None], value, 1e9)
    actual, _ = _attend(_Layer(), query, key, value, mask)
    assert torch.equal(actual, expected)


@pytest.mark.parametrize(("queries", "masked"), [(4, True), (1, False)])
def test_other_shapes_are_left_to_torch(queries: int, masked: bool) -> None:
    given = _given(queries, masked)
    expected, _ = sdpa_attention_forward(_Layer(), *given)
    assert torch.equal(_attend(_Layer(), *given)[0], expected)
