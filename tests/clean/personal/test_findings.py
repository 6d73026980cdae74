"""Every kind in one text: in order, without overlaps, and in time that follows the length."""

from itertools import pairwise

import pytest

from secondhalf.clean.personal.findings import PersonalSpan, find_personal
from secondhalf.clean.personal.gate import fold_full_width
from secondhalf.clean.personal.settings import PersonalSettings

SETTINGS = PersonalSettings()


def test_spans_come_in_order_and_kinds_that_are_kept_are_not_looked_for() -> None:
    text = "Ask taro@example.com, 電話は03-0000-1234, at 192.0.2.7."
    spans = find_personal(text, SETTINGS)
    assert [(span.kind, text[span.start : span.end]) for span in spans] == [
        ("email", "taro@example.com"),
        ("phone", "03-0000-1234"),
        ("ip", "192.0.2.7"),
    ]
    assert find_personal(text, PersonalSettings(phone="keep")) == [spans[0], spans[2]]
    assert find_personal("A quiet line.", SETTINGS) == []
    assert spans[0] == PersonalSpan("email", 4, 20)


def test_an_address_without_a_gap_has_seven_colons() -> None:
    (found,) = find_personal("From 2001:db8:0:0:8:800:200c:417a.", SETTINGS)
    assert (found.kind, found.start, found.end) == ("ip", 5, 33)


def test_full_width_text_keeps_its_offsets():
    text = "宛先ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐです"
    assert len(fold_full_width(text)) == len(text)
    assert [text[item.start : item.end] for item in find_personal(text, SETTINGS)] == ["ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"]


def test_overlaps_are_settled_by_kind():
    key = "gh" + "p_" + "Example0" * 4 + "Exam"
    assert [item.kind for item in find_personal(f"https://{key}@git.example.com/a", SETTINGS)] == ["api_key"]
    assert [item.kind for item in find_personal("IBAN DE89 3704 0044 0532 0130 00", SETTINGS)] == ["iban"]


HOSTILE = [
    "a", "0", "1-", "@", "a@", "a.", "a@a.", ".a@", "1.", "1.1.1.1.", "192.0.2.1 ", ":", "a:", "0:", "::", "2001:db8:", "+1", "+1 ", "(", "(0", "0)",
    "090-", "03-0000-", "1234 ", "4242-", "GB29", "GB29 ", "sk-", "eyJ", "eyJa.", "xoxb-", "token=", "token ", "secret", "_", "-", "-----", "=", "ー", "（", "０", "０ー", "＠",
    "-----BEGIN PRIVATE " + "KEY-----", "-----BEGIN PRIVATE " + "KEY-----\n", "-----BEGIN ", "[at]", "a[at]a[dot]", "(at", "マイナンバー", "://", "http://a:", "phone ", "第", " ", "\n", "\x00", "\ud800",
    "123456789018 ", "12345678901 ", "e@e.co ", "1 2 3 4 5 6 7 8 9 ", "AKIA", "http://a@", "://@", "+1(0", "+1-(", "1 - ", "202 - 555 - ", "order no. 03-0000-1234 ", "/", "a/",
]  # fmt: skip


LAST = "\n\nWrite to taro@example.com today."


def hides_nothing(text: str, settings: PersonalSettings) -> None:
    """After however much of whatever, an address is found; findings stand in order and apart."""
    spans = find_personal(text + LAST, settings)
    start = len(text) + LAST.index("taro")
    assert spans[-1] == ("email", start, start + len("taro@example.com"))
    assert all(one.end <= two.start for one, two in pairwise(spans))


@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_one_thing_over_and_over_ends_and_hides_nothing(piece: str) -> None:
    """No pattern runs super-linearly: a quadratic one takes tens of minutes for any of these, ours some milliseconds."""
    text = piece * (200_000 // len(piece))
    hides_nothing(text, PersonalSettings(public_ip_only=False, my_number_near="nothing"))


@pytest.mark.timeout(60)
def test_two_megabytes_of_the_worst_end_and_hide_nothing() -> None:
    text = "".join(piece * (2_000_000 // len(HOSTILE) // len(piece)) for piece in HOSTILE)
    hides_nothing(text, SETTINGS)
