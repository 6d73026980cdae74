"""The same forms as Python's, and marks in any number."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.text import normal_form as module
from secondhalf.text.normal_form import Form, normal_form

FORMS: tuple[Form, ...] = ("NFC", "NFD", "NFKC", "NFKD")
# Marks of several classes, some that fall into two, half-width voicing marks, and letters that take them.
MARKS = "\u0301\u0316\u0334\u0345\u3099\u0344\u0f73\u0f75\u0f81\uff9e\uff9f\u05b0\u0651"
LETTERS = "aé각ｶか漢①ﬁ\u1100\u1161\u0958 "


@given(st.lists(st.tuples(st.sampled_from(LETTERS), st.text(MARKS, max_size=90)), max_size=30), st.sampled_from(FORMS))
def test_the_form_is_pythons(pieces: list[tuple[str, str]], form: Form) -> None:
    text = "か" * 1000 + "".join(letter + marks for letter, marks in pieces)
    assert normal_form(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", FORMS)
def test_a_thousand_marks_are_put_in_order(form: Form) -> None:
    text = "a" + MARKS * 100
    assert normal_form(form, text) == unicodedata.normalize(form, text)


@pytest.mark.parametrize("form", ["NFD", "NFKD"])
def test_every_mark_is_known(form: Form) -> None:
    """The table is made from the categories of a part of Unicode alone."""
    everything = map(chr, range(sys.maxunicode + 1))
    marks = [c for c in everything if all(map(unicodedata.combining, unicodedata.normalize(form, c)))]
    assert [chr(code) for code in module._is_mark(form).nonzero()[0]] == marks
