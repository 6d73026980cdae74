"""The filter: masks, refusals, verdicts with spans; and what hostile text must not do to it."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.personal import PersonalSettings, mask_personal
from secondhalf.clean.personal.filter import MASKS
from secondhalf.clean.personal.findings import KINDS, find_personal
from secondhalf.clean.personal.gate import fold_full_width, number_spans
from secondhalf.rows import Document
from support import ROOT

LINES = ROOT / "benchmarks" / "personal" / "choose.jsonl"
SETTINGS = PersonalSettings()
TEXT = "Ask taro@example.com or hanako@example.com, 電話は03-0000-1234."


def document(text):
    return Document("id", text, "test")


def test_masks_and_one_verdict_for_each_finding():
    text, verdicts = mask_personal(document(TEXT), SETTINGS)
    assert text == "Ask [email] or [email], 電話は[phone]."
    assert [(v.check, v.passed, v.score, v.reason) for v in verdicts] == [
        ("personal email", True, 2.0, ""),
        ("personal email", True, 2.0, ""),
        ("personal phone", True, 1.0, ""),
    ]
    assert [TEXT[v.start : v.end] for v in verdicts] == ["taro@example.com", "hanako@example.com", "03-0000-1234"]


def test_nothing_found_is_one_verdict_that_passed():
    text, verdicts = mask_personal(document("A quiet line."), SETTINGS)
    assert text == "A quiet line."
    assert [(v.check, v.passed, v.score, v.start) for v in verdicts] == [("personal", True, 0.0, -1)]


def test_drop_refuses_with_a_reason_and_keep_does_not_look():
    text, verdicts = mask_personal(document(TEXT), PersonalSettings(email="drop", phone="keep"))
    assert [v.reason for v in verdicts if not v.passed] == ["personal data: email"] * 2
    assert {v.check for v in verdicts} == {"personal email"}
    assert "03-0000-1234" in text


def test_a_mask_brings_no_word_near_that_was_far():
    far = "x" * 60 + "@example.com "
    text, _ = mask_personal(document(f"マイナンバー {far}123456789018"), SETTINGS)
    assert find_personal(text, SETTINGS) == []


def test_no_mask_is_a_finding_or_speaks_for_one():
    for mask in MASKS.values():
        assert find_personal(f"{mask} 2025550123 {mask} 1234 5678 9018 {mask} 7.10.0.5 {mask}", SETTINGS) == []


def test_overlaps_are_settled_by_kind():
    key = "gh" + "p_" + "Example0" * 4 + "Exam"
    assert [item.kind for item in find_personal(f"https://{key}@git.example.com/a", SETTINGS)] == ["api_key"]
    assert [item.kind for item in find_personal("IBAN DE89 3704 0044 0532 0130 00", SETTINGS)] == ["iban"]


def test_full_width_text_keeps_its_offsets():
    text = "宛先ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐです"
    assert len(fold_full_width(text)) == len(text)
    assert [text[item.start : item.end] for item in find_personal(text, SETTINGS)] == ["ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ"]


@pytest.mark.parametrize("line", [json.loads(line) for line in LINES.read_text(encoding="utf-8").splitlines()][::8])
def test_labelled_lines_have_nothing_left(line):
    text, verdicts = mask_personal(document(line["text"]), SETTINGS)
    assert find_personal(text, SETTINGS) == []
    assert all(0 <= v.start < v.end <= len(line["text"]) for v in verdicts if v.score)


PIECES = st.sampled_from(
    ["@", ".", "-", " ", "+", "(", ")", ":", "::", "0", "1", "4", "03-", "0000", "1234", "example.com", "a@example.com", "ー", "－", "０９０", "（", "）",
     "マイナンバー", "phone ", "192.0.2.1", "2001:db8::1", "4242424242424242", "GB29", "NWBK60161331926819", "-----BEGIN PRIVATE " + "KEY-----", "-----",
     "token=", "0a1b2c3d" * 3, "[at]", "[dot]", "\n", "\x00", "\ud800", "\u202e", "電話", "123456789018", "version ", "第", "節", "😀"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=200)))
def test_never_raises_and_leaves_nothing_behind(text):
    masked, verdicts = mask_personal(document(text), SETTINGS)
    assert find_personal(masked, SETTINGS) == []
    assert mask_personal(document(masked), SETTINGS)[0] == masked
    found = find_personal(text, PersonalSettings(public_ip_only=False, my_number_near="nothing"))
    assert all(0 <= item.start < item.end <= len(text) and item.kind in KINDS for item in found)
    assert all(a.end <= b.start for a, b in pairwise(found))
    assert all(v.passed and (v.start == -1 or v.start < v.end) for v in verdicts)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789 -.()－ー（）あx", max_size=80))
def test_the_gate_lets_every_long_number_through(text):
    digits = [i for i, c in enumerate(text) if c in "0123456789"]
    for first, last in zip(digits, digits[8:], strict=False):
        if "x" not in text[first : last + 1]:
            assert any(start <= first and last < end for start, end in number_spans(text))


HOSTILE = [
    "a", "0", "1-", "@", "a@", "a.", "a@a.", ".a@", "1.", "1.1.1.1.", "192.0.2.1 ", ":", "a:", "0:", "::", "2001:db8:", "+1", "+1 ", "(", "(0", "0)",
    "090-", "03-0000-", "1234 ", "4242-", "GB29", "GB29 ", "sk-", "eyJ", "eyJa.", "xoxb-", "token=", "token ", "secret", "_", "-", "-----", "=", "ー", "（", "０", "０ー", "＠",
    "-----BEGIN PRIVATE " + "KEY-----", "-----BEGIN PRIVATE " + "KEY-----\n", "-----BEGIN ", "[at]", "a[at]a[dot]", "(at", "マイナンバー", "://", "http://a:", "phone ", "第", " ", "\n", "\x00", "\ud800",
    "123456789018 ", "12345678901 ", "e@e.co ", "1 2 3 4 5 6 7 8 9 ", "AKIA", "http://a@", "://@", "+1(0", "+1-(", "1 - ", "202 - 555 - ", "order no. 03-0000-1234 ", "/", "a/",
]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_one_thing_over_and_over_ends(piece):
    """No pattern runs super-linearly: a quadratic one takes tens of minutes for any of these, ours some milliseconds."""
    text = piece * (200_000 // len(piece))
    find_personal(text, PersonalSettings(public_ip_only=False, my_number_near="nothing"))


def test_two_megabytes_of_the_worst_end():
    text = "".join(piece * (2_000_000 // len(HOSTILE) // len(piece)) for piece in HOSTILE)
    assert find_personal(text, SETTINGS)
