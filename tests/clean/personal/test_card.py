"""Payment cards: the processors' test numbers, and numbers that pass one check but not the others."""

import pytest

from secondhalf.clean.personal.card import cards


def matches(text):
    return [text[start:end] for start, end in cards(text)]


@pytest.mark.parametrize(
    "number",
    ["4242424242424242", "4111 1111 1111 1111", "5555-5555-5555-4444", "2223003122003222", "3782 822463 10005", "6011111111111117",
     "3530 1113 3330 0000", "3056 930902 5904", "6200000000000005"],
)  # fmt: skip
def test_numbers_of_every_issuer(number):
    assert matches(f"Card {number}, exp 04/27") == [number]
    assert matches(f"カード番号は{number}です") == [number]


@pytest.mark.parametrize(
    "text",
    ["4242424242424243", "4901234567894", "490154203237518", "0.4242424242424242", "42424242424242424242", "4242 4242-4242 4242",
     "Lot 4242-4242-4242-4242", "注文番号 4242424242424242", "9999999999999995", "4242-4242-4242-4242-1", "subset-fuzzer-4242424242424242", "detail/4242424242424242"],
)  # fmt: skip
def test_leaves_alone(text):
    assert matches(text) == []


def test_each_single_wrong_digit_is_seen():
    number = "4242424242424242"
    # The first digit is the issuer's: another one is another length and prefix, and so nothing that Luhn is asked about.
    wrong = [number[:i] + d + number[i + 1 :] for i in range(1, 16) for d in "0123456789" if d != number[i]]
    assert matches(number) == [number]
    assert [one for one in wrong if matches(one)] == []
