"""Thinking is taken out whatever the template did with its tags."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.models.thinking import split_thinking


@pytest.mark.parametrize(
    ("text", "answer", "thinking"),
    [
        ("Plain.", "Plain.", ""),
        ("<think>Hm.</think>\n\nThe river ran.", "The river ran.", "Hm."),
        ("Hm.</think>The river ran.", "The river ran.", "Hm."),
        ("<think>Hm, and then the lim", "", "Hm, and then the lim"),
        ("A.<think>b</think>C.", "A.C.", "b"),
        ("<think>a<think>b</think>c</think>D", "D", "abc"),
        ("<thinking>川は</thinking>海へ。", "海へ。", "川は"),
        ("<think></think>\n\nNo thinking.", "No thinking.", ""),
        ("a < b and <thinker> stays", "a < b and <thinker> stays", ""),
    ],
)
def test_the_answer_and_the_thinking(text: str, answer: str, thinking: str):
    assert split_thinking(text) == (answer, thinking)


@given(st.lists(st.sampled_from(["<think>", "</think>", "word ", "川"]), max_size=20).map("".join))
def test_no_tag_is_left_and_no_word_is_lost(text: str):
    answer, thinking = split_thinking(text)
    assert "think>" not in answer + thinking
    for word in ("word", "川"):
        assert (answer + thinking).count(word) == text.count(word)
