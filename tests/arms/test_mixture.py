"""Mixtures and equal tokens: shares met to within half a pair, nothing repeated, larger budgets keep smaller ones."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.arms.mixture import choose_within_budget, token_budgets


def _counts(generator: random.Random, name: str, count: int) -> list[tuple[str, int]]:
    return [(f"{name}{n}", generator.choice([0, *range(5, 90)])) for n in range(count)]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_shares_are_those_of_the_weights(case: int):
    generator = random.Random(case)
    names = "abc"[: generator.randint(1, 3)]
    counts = {name: _counts(generator, name, generator.randint(1, 300)) for name in names}
    weights = {name: generator.choice([0.2, 0.5, 0.8, 1, 3]) for name in counts}
    limit = generator.choice([None, 50, 1000])
    budgets = token_budgets(counts, weights, limit)
    total = sum(budgets.values())
    available = {name: sum(tokens for _, tokens in pairs) for name, pairs in counts.items()}
    assert limit is None or total <= limit + 1e-6
    for name, budget in budgets.items():
        assert budget == pytest.approx(total * weights[name] / sum(weights.values()))
        assert budget <= available[name] + 1e-6
        chosen = choose_within_budget(counts[name], budget, case)
        tokens = sum(count for id, count in counts[name] if id in chosen)
        assert abs(tokens - budget) <= 45  # half of the longest pair
    # The scarcest is used whole, unless the limit is what binds.
    whole = any(budget == pytest.approx(available[name]) for name, budget in budgets.items())
    assert whole or total == pytest.approx(limit)


def test_a_larger_budget_keeps_what_a_smaller_one_had():
    counts = _counts(random.Random(1), "a", 200)
    before: set[str] = set()
    for budget in range(0, 12_000, 250):
        now = choose_within_budget(counts, budget, seed=1)
        assert before <= now
        before = now
    assert len(before) == 200


def test_choice_depends_on_the_seed_and_not_on_the_order():
    counts = _counts(random.Random(2), "a", 100)
    assert (
        choose_within_budget(counts, 500, seed=1)
        == choose_within_budget(counts[::-1], 500, seed=1)
        != choose_within_budget(counts, 500, seed=2)
    )


def test_all_of_a_data_set_without_tokens():
    assert choose_within_budget([("a", 0), ("b", 0)], 0, seed=1) == {"a", "b"}


def test_the_pair_that_comes_nearest_is_the_last_one():
    """Three pairs of ten tokens: one more comes along once half of it, and no less, is within the budget."""
    counts = [("a", 10), ("b", 10), ("c", 10)]
    sizes = {budget: len(choose_within_budget(counts, budget, seed=1)) for budget in (0, 4, 5, 14, 15, 24, 25, 29, 30)}
    assert sizes == {0: 0, 4: 0, 5: 1, 14: 1, 15: 2, 24: 2, 25: 3, 29: 3, 30: 3}


def test_budgets_by_hand():
    counts = {"a": [("a1", 30), ("a2", 30)], "b": [("b1", 100)]}
    # b's 100 tokens are enough for a quarter of 400, a's 60 for three quarters of 80: a is the scarcer.
    assert token_budgets(counts, {"a": 3, "b": 1}, None) == {"a": 60, "b": 20}
    assert token_budgets(counts, {"a": 3, "b": 1}, 40) == {"a": 30, "b": 10}
