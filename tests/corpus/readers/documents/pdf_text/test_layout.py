"""Lines with their places become paragraphs: what stands around pages, tables and notes do not end in a sentence."""

import pytest

from secondhalf.corpus.readers.documents.pdf_text import ruby, tables
from secondhalf.corpus.readers.documents.pdf_text.layout import text_of_pages
from secondhalf.corpus.readers.documents.pdf_text.lines import Page, PdfLine

WORDS = "these are the words of one long sentence that goes on over lines and pages without an end"


def _lines(
    *texts: str,
    top: float = 740,
    left: float = 70,
    right: float = 500,
    size: float = 10,
    gaps: int = 0,
    step: float = 12,
) -> list[PdfLine]:
    return [PdfLine(text, left, right, top - step * index, size, gaps) for index, text in enumerate(texts)]


def _page(*parts: list[PdfLine]) -> Page:
    return Page(842, [line for part in parts for line in part])


def test_a_sentence_runs_on_over_pages_columns_and_figures() -> None:
    first = _page(_lines("Report of May", top=810), _lines("A paragraph that is", WORDS), _lines("- 1 -", top=30))
    second = _page(
        _lines("Report of May", top=810),
        _lines("going on at the top and", "in the first column", right=280),
        _lines("and in the second one, up to a", "figure", left=300),
        _lines("and below it to its end.", top=500, left=300),
        _lines("- 2 -", top=30),
    )
    third = _page(_lines("Report of May", top=810), _lines("Another paragraph."), _lines("Page 3 of 3", top=30))
    expected = f"A paragraph that is {WORDS} going on at the top and in the first column and in the second one, up to a figure and below it to its end."
    assert text_of_pages([first, second, third]) == f"{expected}\n\nAnother paragraph."


def test_where_paragraphs_begin() -> None:
    heading = _lines("A heading", top=760, size=14, right=200)
    indented = [
        *_lines("  One paragraph that", top=740, left=82),
        *_lines("fills its lines up to the end of it.", top=728),
    ]
    other = [
        *_lines("Another, indented, of", top=716, left=82),
        *_lines("two lines that end here.", top=704, right=250),
    ]
    far = _lines("Far below a third one, which is", "not indented.", top=670)
    items = (
        _lines("• an item of a list that is", top=630)
        + _lines("hanging", top=618, left=80)
        + _lines("• another", top=606)
    )
    assert text_of_pages([_page(heading, indented, other, far, items)]).split("\n\n") == [
        "A heading", "One paragraph that fills its lines up to the end of it.", "Another, indented, of two lines that end here.",
        "Far below a third one, which is not indented.", "• an item of a list that is hanging", "• another",
    ]  # fmt: skip


def test_a_large_first_letter_belongs_to_its_word() -> None:
    large = _lines("T", top=722, size=34, right=92)
    beside = _lines("he first lines of a paragraph", "stand beside a letter, and the", top=740, left=95, step=15)
    page = _page(large, beside, _lines("others below it.", top=710, right=150))
    assert text_of_pages([page]) == ("The first lines of a paragraph stand beside a letter, and the others below it.")


def test_a_large_letter_alone_stays() -> None:
    assert text_of_pages([_page(_lines("A", size=30, top=780), _lines("Apple.", "Apricot."))]).startswith("A\n\n")


def test_indented_paragraphs_of_one_line() -> None:
    """Speech: none of them is followed by a line that tells where it ends."""
    page = _page(
        _lines("“One.”", "“Another that fills all of its line up to the right.”", left=82),
        _lines("“A third that goes on in", top=716, left=82),
        _lines("a second line.”", top=704, right=200),
    )
    assert text_of_pages([page]).count("\n\n") == 2


def test_rows_of_tables_are_left_out() -> None:
    table = _lines("Year Sold Left", "2001 5 7", "2002 6 9", top=716, gaps=2)
    contents = _lines("1 Introduction . . . . . . . 3", top=670)
    page = _page(
        _lines("A sentence before a table", "that goes on", top=740),
        table,
        contents,
        _lines("below the table.", top=640),
    )
    assert text_of_pages([page]) == "A sentence before a table that goes on below the table."


def test_notes_follow_the_paragraph_that_they_would_break() -> None:
    first = _page(
        _lines("A sentence with a note¹ that", "goes on over"), _lines("¹ The note, in small type.", top=80, size=8)
    )
    second = _page(_lines("the page.", right=120), _lines("The next paragraph of the page.", top=700))
    expected = [
        "A sentence with a note¹ that goes on over the page.",
        "¹ The note, in small type.",
        "The next paragraph of the page.",
    ]
    assert text_of_pages([first, second]).split("\n\n") == expected


def test_notes_below_a_first_column_and_a_page_in_small_type() -> None:
    note = _lines("¹ The note, in small type.", top=80, size=8, right=280)
    columns = _page(
        _lines("A sentence of the first column that", "goes on in", right=280), note, _lines("the second.", left=300)
    )
    small = _page(_lines("An appendix that is set in small type", "as a whole.", size=8, step=10))
    assert text_of_pages([columns, _page(_lines(WORDS, WORDS + ".")), small]).split("\n\n")[:2] == [
        "A sentence of the first column that goes on in the second.", "¹ The note, in small type.",
    ]  # fmt: skip
    assert text_of_pages([_page(_lines(WORDS, WORDS + ".")), small]).endswith(
        "An appendix that is set in small type as a whole."
    )


def test_a_heading_of_the_text_s_own_size() -> None:
    page = _page(
        _lines("1.6.1 実験版", right=130), _lines("最初に特殊な例である", "実験版について", "見てみましょう。", top=719)
    )
    assert text_of_pages([page]) == "1.6.1 実験版\n\n最初に特殊な例である実験版について見てみましょう。"


def test_japanese_lines_and_pages() -> None:
    page = _page(
        _lines("　吾輩は猫である。名前はまだ無い。どこで生れたか", "とんと見当がつかぬ。"),
        _lines("　次の段落は字下げで", "始まる。", top=716),
        _lines("第3頁", top=30),
    )
    assert (
        text_of_pages([page])
        == "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。\n\n次の段落は字下げで始まる。"
    )


def test_pages_without_lines() -> None:
    assert text_of_pages([]) == text_of_pages([Page(842, [])]) == text_of_pages([_page(_lines("7", top=30))]) == ""


def test_a_chapter_s_name_beside_the_number_of_the_page_stands_around_it() -> None:
    """On one page each: no line comes again, but the numbers count the pages."""
    heads = ["Chapter 1: Locks 3", "4 The handbook", "Chapter 2: Springs 5", "6 The handbook"]
    pages = [
        _page(_lines(head, top=810), _lines(f"Paragraph {n} is of 7 lines, more than {n}.", top=740))
        for n, head in enumerate(heads)
    ]
    assert "Chapter" not in text_of_pages(pages)
    assert "handbook" not in text_of_pages(pages)
    assert text_of_pages(pages).count("Paragraph") == 4
    assert "Chapter 1: Locks 3" in text_of_pages([pages[0], *pages[2:3]])


def test_a_page_of_so_many_lines_and_rules_that_comparing_them_takes_hours_stays_as_it_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kanji, reading = _lines("吾輩は猫である。", size=10), _lines("わがはい", top=748, right=95, size=5)
    rules = [(60, 700, 60, 760), (90, 700, 90, 760), (120, 700, 120, 760), (60, 700, 120, 700), (60, 760, 120, 760)]
    cells = [PdfLine("12", 65, 85, 740, 10, 0), PdfLine("34", 95, 115, 740, 10, 0)]
    assert (ruby.without_ruby([*kanji, *reading]), tables.without_cells(cells, rules)) == (kanji, [])
    for module in (ruby, tables):
        monkeypatch.setattr(module, "_MOST_COMPARED", 1)
    assert ruby.without_ruby([*kanji, *reading]) == [*kanji, *reading]
    assert tables.without_cells(cells, rules) == cells
