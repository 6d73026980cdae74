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
        ("", "a list of"),
        ("[]", "holds no prices"),
        ("{}", "a list of"),
        ("false", "a list of"),
        ("- [m, 1, 2]", "entry 1: Input should be a valid dictionary"),
        ("- {model: m, prompt: .inf, response: 1}", "prompt: .inf is no number"),
        ("- {model: m, prompt: 1, response: .nan}", "response: .nan is no number"),
        ("- {model: m, prompt: 'inf', response: 1}", "entry 1, prompt: Input should be a finite number"),
        ("- {model: m, prompt: 1e999, response: 1}", "prompt: 1e999 is no number"),
        ("- {model: m, prompt: true, response: 1}", "entry 1, prompt.*a number, not true or false"),
        ("- {model: m, prompt: " + "9" * 5000 + ", response: 1}", "prompt: 9{40}… is a larger number"),
        ("- {model: m, prompt: 1, response: 1, date: 2001-99-99}", "entry 1, date"),
        ("- {model: m, prompt: 1, response: 1}\n- {model: m, prompt: 2, response: 2}", "prices m twice"),
        ("- {model: m, model: n, prompt: 1, response: 1}", "the key model stands twice"),
        ("- &a {model: m, prompt: 1, response: *a}", "a stands inside of itself"),
        ("- !!python/object:os.system {}", "the tag"),
        ("#" * 600_000, "larger than 500 kB"),
        ("- {model: m, prompt: 1, response: 1, source: [a]}", "entry 1, source"),
    ],
)
def test_a_faulty_price_is_named(tmp_path: Path, text: str, message: str):
    path = tmp_path / "prices.yaml"
    path.write_text(text)
    with pytest.raises(UserError, match=message) as raised:
        find_price("m", str(path))
    assert str(path) in str(raised.value)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"- {model: \xe3\x81, prompt: 1, response: 1}"])
def test_a_price_file_that_is_no_text_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"prices.yaml is not UTF-8"):
        find_price("m", str(path))


def test_a_missing_price_file_is_named():
    with pytest.raises(UserError, match="no price file"):
        find_price("m", "nowhere.yaml")
