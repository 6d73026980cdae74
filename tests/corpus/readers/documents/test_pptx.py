"""Presentations: slides in their order, notes with their slide, nothing of what stands on every slide."""

from pathlib import Path

from secondhalf.corpus.readers.items import Refused
from support.office_files import items_of, shape_of, slides, text_of


def test_slides_in_order_with_their_notes(tmp_path: Path) -> None:
    around = shape_of("Company", kind="ftr") + shape_of("3", kind="sldNum") + shape_of("2026-01-01", kind="dt")
    data = slides(
        shape_of("Title", kind="title") + shape_of("First point.", "第二の点です。") + around,
        shape_of("The second slide"),
        notes="What the speaker says about the first slide.",
    )
    expected = [
        "Title",
        "First point.",
        "第二の点です。",
        "What the speaker says about the first slide.",
        "The second slide",
    ]
    assert text_of(tmp_path, "pptx", data) == "\n\n".join(expected)


def test_a_table_s_figures_are_left_out(tmp_path: Path) -> None:
    cells = "".join(
        f"<a:tc><a:txBody><a:p><a:r><a:t>{text}</a:t></a:r></a:p></a:txBody></a:tc>"
        for text in ("Total", "17", "This cell holds a whole sentence.")
    )
    frame = f"<p:graphicFrame><a:tbl><a:tr>{cells}</a:tr></a:tbl></p:graphicFrame>"
    assert text_of(tmp_path, "pptx", slides(frame)) == "This cell holds a whole sentence."


def test_slides_without_words_are_refused(tmp_path: Path) -> None:
    (item,) = items_of(tmp_path, "pptx", slides("<p:pic/>"))
    assert isinstance(item, Refused)
    assert item.reason == "no running text: no slide has words"


def test_numbers_and_dates_of_slides_are_left_out_wherever_they_stand(tmp_path: Path) -> None:
    field = '<p:sp><p:txBody><a:p><a:fld type="{}"><a:t>12</a:t></a:fld></a:p></p:txBody></p:sp>'
    made = slides(shape_of("The mill is old.") + field.format("slidenum") + field.format("datetime1"))
    assert text_of(tmp_path, "pptx", made) == "The mill is old."


def test_hidden_slides_are_left_out_and_diagrams_are_read(tmp_path: Path) -> None:
    made = slides(shape_of("Shown."), shape_of("Hidden."), notes="Spoken.", diagram="Drawn.", hidden=[1])
    assert text_of(tmp_path, "pptx", made) == "Shown.\n\nDrawn.\n\nSpoken."
