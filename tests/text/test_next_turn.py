import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.text.next_turn import TURN_WORDS, NextTurnStream, cut_at_next_turn, has_next_turn

ANSWERS = {
    "A loop repeats.\nUser: What is a class?\nAssistant: It": "A loop repeats.",
    "A loop repeats.\n\n**User** said so": None,
    "Yes.\n  ** human :\nNo.": "Yes.",
    "川です。\n\nユーザー：次は？": "川です。",
    "Blue.\n### Instruction\nWrite": "Blue.",
    "Blue.\n### Instructions follow": None,
    "\n\nUser: hello there": None,  # nothing was answered before it
    "Use it.\nUse it again.\nUsers do.\nQ and A\nQuestioning: no": None,
    "It ends in a line that could become one\nUse": None,
}


def _streamed(text: str, size: int) -> tuple[str, bool]:
    stream = NextTurnStream()
    given = "".join(stream.feed(text[start : start + size]) for start in range(0, len(text), size)) + stream.end()
    return given, stream.opened


@pytest.mark.parametrize("size", [1, 3, 200])
@pytest.mark.parametrize("text", ANSWERS)
def test_an_answer_ends_before_its_next_turn(text: str, size: int):
    given, opened = _streamed(text, size)
    assert given.rstrip() == (text if ANSWERS[text] is None else ANSWERS[text]).rstrip()
    assert opened == (ANSWERS[text] is not None) == has_next_turn(text)


@given(
    st.lists(st.sampled_from(["\n", " ", "*", ":", "：", "x", "\t", "I", *TURN_WORDS]), max_size=12).map("".join),
    st.integers(1, 5),
)
def test_a_stream_cuts_where_the_whole_text_is_cut(text: str, size: int):
    given, opened = _streamed(text, size)
    assert given.strip() == cut_at_next_turn(text)
    assert opened == has_next_turn(text)


def test_nothing_of_a_turn_is_given_and_other_lines_come_at_once():
    stream = NextTurnStream()
    assert [stream.feed(piece) for piece in ("Yes.", "\n", "Us", "ed", " it.\n", " User", " ", ": no", "more")] == [
        "Yes.", "", "", "\nUsed", " it.", "", "", "", "",
    ]  # fmt: skip
    assert stream.opened
    assert stream.end() == ""
