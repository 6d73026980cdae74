"""Long documents in sections that end where paragraphs do."""

import pytest

from secondhalf.corpus.sections import cut_sections


def test_sections_keep_every_paragraph_and_their_order():
    text = "\n\n".join(f"Paragraph {n} " + "word " * 30 for n in range(10))
    cut = list(cut_sections(text, 100))
    assert len(cut) > 2
    assert " ".join(" ".join(cut).split()) == " ".join(text.split())
    assert all(len(section.split()) <= 100 for section in cut)


def test_a_section_is_filled_and_a_long_paragraph_stays_whole() -> None:
    assert list(cut_sections("a b\n\nc\n \nd e f g\n\nh", 3)) == ["a b\n\nc", "d e f g", "h"]
    assert list(cut_sections("一二三\n\n四五\n\n六", 3)) == ["一二三", "四五\n\n六"]
    assert list(cut_sections(" \n\n ", 3)) == []


@pytest.mark.parametrize("end", ["\n", " "])
def test_a_text_without_empty_lines_is_cut_at_ends_of_lines_or_sentences(end: str) -> None:
    """It was one section, and so one pair, however long."""
    text = end.join(f"This is sentence {n} of a long text." for n in range(200))
    cut = list(cut_sections(text, 100))
    assert len(cut) == 17
    assert all(section.startswith("This is") and section.endswith("text.") for section in cut)
    assert " ".join(" ".join(cut).split()) == " ".join(text.split())


@pytest.mark.parametrize("end", ["\n", ""])
def test_in_japanese_too(end: str) -> None:
    text = end.join(f"「はい。」と{n}人目が答えました。そして川へ行きました。" for n in range(100, 200))
    cut = list(cut_sections(text, 200))
    assert len(cut) > 10
    assert all(section.endswith("。") and len(section) <= 210 for section in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_lines_that_a_writer_broke_and_lists_stay_whole() -> None:
    wrapped = "\n".join(["a line that goes on in the next one"] * 200)
    assert list(cut_sections(wrapped, 100)) == [wrapped]
