"""Characters that hide, move or control text are written out; every script stays as it is."""

from hypothesis import given
from hypothesis import strategies as st

from secondhalf.text.visible import escape_invisible


def test_characters_that_lie_are_written_out() -> None:
    assert escape_invisible("a\u202eb\u200bc\x00d\ud800e\u2028f") == "a⟨U+202E⟩b⟨U+200B⟩c⟨U+0000⟩d⟨U+D800⟩e⟨U+2028⟩f"
    assert (
        escape_invisible("家\u3000族 👨\u200d👩\u200d👧 سلام\u200cها e\u0301\n\t")
        == "家\u3000族 👨\u200d👩\u200d👧 سلام\u200cها e\u0301\n\t"
    )
    assert escape_invisible("one\r\ntwo\rthree") == "one\ntwo⟨U+000D⟩three"
    assert escape_invisible("\u3164\u2800") == "⟨U+3164⟩⟨U+2800⟩"


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_text_stays(text: str) -> None:
    assert escape_invisible(text) == text


@given(st.text())
def test_an_escaped_text_can_be_written_and_escaped_again(text: str) -> None:
    escaped = escape_invisible(text)
    assert escape_invisible(escaped) == escaped
    escaped.encode("utf-8")


def test_japanese_stays_legible_and_controls_do_not_act() -> None:
    assert escape_invisible("図書館　「本」…①") == "図書館　「本」…①"
    assert escape_invisible("a\x1b[31m\u202e\u200b") == "a⟨U+001B⟩[31m⟨U+202E⟩⟨U+200B⟩"
