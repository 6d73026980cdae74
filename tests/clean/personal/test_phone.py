"""Telephone numbers of several countries; numbers that are something else."""

import pytest

from secondhalf.clean.personal.findings import find_personal
from secondhalf.clean.personal.gate import fold_full_width
from secondhalf.clean.personal.phone import phones
from secondhalf.clean.personal.settings import PersonalSettings


def matches(text):
    return [text[item.start : item.end] for item in find_personal(text, PersonalSettings()) if item.kind == "phone"]


@pytest.mark.parametrize(
    "number",
    [
        "03-0000-1234", "03(0000)1234", "(03)0000-1234", "03（0000）1234", "0466-00-1234", "04992-0-1234", "090-0000-1234",
        "０９０ー００００ー１２３４", "０３－００００－１２３４", "06－0000－1234", "03‐0000‐1234", "090 0000 1234", "0120-000-123",
        "0570-000-123", "0800-000-1234", "050-0000-1234", "+81-90-0000-1234", "+81 3 0000 1234", "+81 (0)3-0000-1234",
        "(202) 555-0123", "202-555-0123", "202.555.0123", "+1 202 555 0123", "1-800-555-0199", "+12025550123",
        "020 7946 0123", "(020) 7946 0123", "+44 20 7946 0123", "+44 (0)20 7946 0123", "07700 900123", "01632 960123",
        "0044 20 7946 0123", "+33 1 99 00 12 34", "01 99 00 12 34", "+49 30 23125 012", "0491 570 156", "(02) 5550 1234", "+81-(0)3-0000-1234", "0120(000)123", "03.0000.1234", "03 (0000) 1234", "020 79460123",
    ],
)  # fmt: skip
def test_finds_the_whole_number_in_both_languages(number):
    assert matches(f"Please ring {number}.") == [number]
    assert matches(f"電話は{number}です。") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "1914-1918", "2024-03-15", "〒100-0001", "ISBN 978-4-00-000000-1", "ISSN 0000-0019", "555-0123", "000-0000-0000",
        "Order number 011-764145-48", "注文番号 090-0000-1234", "型番：03-0000-1234", "1-2-3-4-5-6-7-8-9-10", "2147483647",
        "+1.100000000000", "0.0901234567", "12:34:56", "4000-1234-5678-9017", "2019-0123-4567", "DOI 10.1000/182.2003.0012",
        "It weighs 2025550123 grams", "03-0000-12345", "800-555-A1", "0300-0012-3456", "Buffer 01 02 03 04 05", "A1 B1 01 02 11 22 01 02", "0.00599304401229 0.03147088677", "0040030443", "4.00 2018-12-07",
    ],
)  # fmt: skip
def test_leaves_alone(text):
    assert matches(text) == []


def test_a_bare_number_needs_a_word():
    assert matches("call 2025550123") == ["2025550123"]
    assert matches("連絡先：09000001234") == ["09000001234"]
    assert matches("the sum 2025550123") == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("〒100-0001 03-0000-1234", ["03-0000-1234"]),
        ("TEL03-0000-1234 FAX03-0000-1235", ["03-0000-1234", "03-0000-1235"]),
        ("03-0000-1234 090-0000-5678", ["03-0000-1234", "090-0000-5678"]),
        ("Suite 200 (202) 555-0123", ["(202) 555-0123"]),
        ("+33 1 99 00 12 34 2024", ["+33 1 99 00 12 34"]),
        ("(202) 555-0123 ext. 12", ["(202) 555-0123"]),
    ],
)
def test_neighbours(text, numbers):
    assert matches(text) == numbers


def test_a_number_is_found_alone_as_in_its_place():
    text = fold_full_width("お電話は０３（００００）１２３４まで")
    assert list(phones(text)) == list(phones(text, 2, len(text))) == [(4, 16)]


def test_a_word_names_a_number_from_so_far_and_no_farther():
    assert matches(f"tel{' ' * 21}0312345678") == ["0312345678"]
    assert matches(f"tel{' ' * 22}0312345678") == []
