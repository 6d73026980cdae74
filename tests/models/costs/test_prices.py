"""Prices: the packaged list, and the user's own laid over it."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.costs.prices import find_price


def test_a_dated_name_is_priced_as_its_model():
    plain, dated = find_price("gpt-4o-mini"), find_price("gpt-4o-mini-2024-07-18")
    assert plain
    assert plain == dated
    assert plain.date
    assert plain.source
    assert plain.dollars(1_000_000, 1_000_000, batched=True) == pytest.approx((plain.prompt + plain.response) / 2)
    assert find_price("a-model-nobody-knows") is None


def test_the_users_prices_win(tmp_path: Path):
    path = tmp_path / "prices.yaml"
    path.write_text("- {model: gpt-4o-mini, prompt: 9, response: 9}\n- {model: own/model, prompt: 1, response: 2}\n")
    mine, new = find_price("gpt-4o-mini", str(path)), find_price("own/model", str(path))
    assert mine
    assert new
    assert (mine.prompt, new.response) == (9, 2)
    assert find_price("gpt-4o", str(path)) == find_price("gpt-4o")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {model: m, prompt: 1}", "entry 1, response"),
        ("- {model: m, prompt: -1, response: 1}", "entry 1, prompt"),
        ("- {model: m, prompt: 1, response: 1, currency: EUR}", "entry 1, currency"),
        ("model: m", "a list of"),
        ("- {model: [", "no YAML"),
    ],
)
def test_a_faulty_price_is_named(tmp_path: Path, text: str, message: str):
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=message):
        find_price("m", str(path))


def test_a_missing_price_file_is_named():
    with pytest.raises(UserError, match="no price file"):
        find_price("m", "nowhere.yaml")
