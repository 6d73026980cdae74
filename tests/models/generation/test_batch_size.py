"""Rows are bounded by memory, measured on whatever keys and values a model keeps."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.generation.batch_size import rows_at_once, rows_that_fit  # noqa: E402
from support.small_models import small_model  # noqa: E402


def test_rows_that_fit_are_bounded_by_memory(student: Path) -> None:
    model = small_model("llama", student)
    one = 2 * 2 * 2 * 8 * 8  # keys and values, layers, shared heads, width, bytes
    for tokens in (100, 1000):
        for rows in (1, 7, 300):
            assert rows_that_fit(model, tokens, rows * (tokens + 64) * one) == rows
    assert rows_that_fit(model, 100, 0) == 1
    assert rows_that_fit(small_model("gpt2", student), 36, 10 * 100 * 2 * 2 * 32 * 8) == 10


@pytest.mark.parametrize("kind", ["mamba", "deepseek", "gemma4"])
def test_models_that_keep_something_else(kind: str, student: Path) -> None:
    model = small_model(kind, student)
    assert rows_that_fit(model, 100, 1 << 30) > 1
    assert 1 <= rows_at_once(model, 100) <= 128
