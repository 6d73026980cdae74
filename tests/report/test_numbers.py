"""Numbers as people read them."""

import pytest

from secondhalf.report import numbers


def test_digits_follow_the_interval() -> None:
    assert numbers.decimals([0.15, 0.2], "share") == 0
    assert numbers.decimals([0.02], "share") == 1
    assert numbers.decimals([0.0], "share") == 1
    assert numbers.decimals([0.094], "nats") == 3
    assert numbers.decimals([1e-9], "nats") == 4


def test_values() -> None:
    assert numbers.figure(0.417, "share", 1) == "41.7\u202f%"
    assert numbers.signed(0.054, "nats", 3) == "+0.054"
    assert numbers.signed(-0.0312, "share", 1) == "−3.1"
    assert numbers.signed(-0.0001, "share", 1) == "±0.0"
    assert numbers.plain(-1e-9, "nats", 2) == "0.00"
    assert numbers.share(1, 100000) == "<\u202f0.1\u202f%"
    assert numbers.share(0, 0) == "–"
    assert numbers.count(61240) == "61,240"
    assert [numbers.p_value(p) for p in (0.0004, 0.024, 0.21)] == ["< 0.001", "= 0.024", "= 0.21"]


@pytest.mark.parametrize(
    ("seconds", "en", "ja"),
    [(3.21, "3.2 s", "3.2 秒"), (42, "42 s", "42 秒"), (59.7, "1 min", "1 分"), (125, "2 min 5 s", "2 分 5 秒"),
     (1893, "31 min", "31 分"), (3600, "1 h", "1 時間"), (4210, "1 h 10 min", "1 時間 10 分")],
)  # fmt: skip
def test_durations(seconds: float, en: str, ja: str) -> None:
    assert numbers.duration(seconds, "en").replace("\u202f", " ") == en
    assert numbers.duration(seconds, "ja").replace("\u202f", " ") == ja


def test_money_and_time() -> None:
    def money(value: float, currency: str, language: str) -> str:
        return numbers.money(value, currency, language).replace("\u202f", " ")

    assert money(0.00218, "USD", "en") == "0.0022 USD"
    assert money(0.0004, "USD", "en") == "0.0004 USD"
    assert money(0, "USD", "en") == "0.00 USD"
    assert money(12345.5, "USD", "ja") == "12,345.50 USD"
    assert money(750, "JPY", "ja") == "750 円"
    assert numbers.when("2026-11-24T21:40:00+00:00", "ja") == "2026年11月24日 21:40 UTC"
    assert numbers.when("2026-11-24T21:40:00+00:00", "en") == "24 November 2026 21:40 UTC"
    assert numbers.when("yesterday", "en") == "yesterday"
