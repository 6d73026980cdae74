"""The filter: masks, refusals, verdicts with spans; and what hostile text must not do to it."""

import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.clean.personal import PersonalSettings, mask_personal
from secondhalf.clean.personal.filter import MASKS
from secondhalf.clean.personal.findings import KINDS, find_personal
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
    assert [v.reason for v in verdicts if not v.passed] == ["personal data: email (clean.personal.email)"] * 2
    assert {v.check for v in verdicts} == {"personal email"}
    assert "03-0000-1234" in text


def test_what_becomes_of_names_says_nothing_of_other_kinds():
    text, verdicts = mask_personal(document(TEXT), PersonalSettings(presidio_action="drop"))
    assert text == "Ask [email] or [email], 電話は[phone]."
    assert all(verdict.passed for verdict in verdicts)


def test_names_of_people_are_kept_unless_the_recipe_says_otherwise():
    text = "Dear Laura Bennett, 鈴木さんの電話は03-0000-1234."
    assert mask_personal(document(text), SETTINGS)[0] == "Dear Laura Bennett, 鈴木さんの電話は[phone]."
    masked, verdicts = mask_personal(document(text), PersonalSettings(person="mask"))
    assert masked == "Dear [name], [name]さんの電話は[phone]."
    assert [(v.check, v.score) for v in verdicts] == [
        ("personal person", 2),
        ("personal person", 2),
        ("personal phone", 1),
    ]
    _, verdicts = mask_personal(document(text), PersonalSettings(person="drop"))
    assert [v.reason for v in verdicts if not v.passed] == ["personal data: person (clean.personal.person)"] * 2
    assert find_personal(masked, PersonalSettings(person="mask")) == []


def test_a_mask_brings_no_word_near_that_was_far():
    far = "x" * 60 + "@example.com "
    text, _ = mask_personal(document(f"マイナンバー {far}123456789018"), SETTINGS)
    assert find_personal(text, SETTINGS) == []


@pytest.mark.parametrize(
    ("number", "mask"), [("4111 1111 1111 1111", "[card]"), ("192.0.2.1 ", "[ip]"), ("090-1234-5678", "[phone]")]
)
@pytest.mark.parametrize("count", [2, 40, 400])
def test_a_row_of_numbers_is_masked_to_its_end(number, mask, count):
    """Of cards between blanks the first alone counts, until it is masked."""
    text, _ = mask_personal(document(" ".join([number] * count)), SETTINGS)
    assert text.split() == [mask] * count


def test_a_row_of_numbers_ends_where_others_begin():
    """Longer than a piece, with what else is found between."""
    rows = "4111 1111 1111 1111 " * 60 + "taro@example.com word " * 30 + "4111-1111-1111-1111 " * 60
    text, _ = mask_personal(document(rows), SETTINGS)
    assert text == "[card] " * 60 + "[email] word " * 30 + "[card] " * 60


def test_no_mask_is_a_finding_or_speaks_for_one():
    for mask in MASKS.values():
        assert find_personal(f"{mask} 2025550123 {mask} 1234 5678 9018 {mask} 7.10.0.5 {mask}", SETTINGS) == []


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
    spans = find_personal(text, PersonalSettings(public_ip_only=False, my_number_near="nothing"))
    assert all(0 <= item.start < item.end <= len(text) and item.kind in KINDS for item in spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(v.passed and (v.start == -1 or v.start < v.end) for v in verdicts)
