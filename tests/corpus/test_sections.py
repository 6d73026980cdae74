"""Long documents in sections that end where paragraphs do."""

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
