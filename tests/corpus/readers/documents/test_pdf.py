"""PDF files, English and Japanese, across and downwards; bad ones end their own process alone."""

import re
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import pytest

from secondhalf.corpus.readers.documents import pdf as pdf_reader
from secondhalf.corpus.readers.items import Refused
from support.office_files import items_of, text_of
from support.pdf_files import Put, assembled, pdf, wrapped

pytest.importorskip("pypdfium2")
ENGLISH = (
    "The machine stops when its cover is opened, and it starts again as soon as the cover is closed and the key has been turned. A well-known "
    "fault is a worn contact, which is found with a lamp."
)
JAPANESE = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。"


def _pages(lines: Sequence[Sequence[Put]], head: str) -> bytes:
    return pdf([[Put(70, 805, head), *page, Put(290, 30, str(number))] for number, page in enumerate(lines, 1)])


def test_headers_numbers_and_hyphens_do_not_end_in_the_text(tmp_path: Path) -> None:
    page = [*wrapped("A paragraph with a di-", 60), Put(70, 728, "vided word and a well-"), Put(70, 716, "known fault")]
    data = _pages([wrapped(ENGLISH, 60), page, wrapped("that goes on. " + ENGLISH, 60)], "Handbook of the machine")
    assert (
        text_of(tmp_path, "pdf", data)
        == f"{ENGLISH}\n\nA paragraph with a divided word and a well-known fault that goes on. {ENGLISH}"
    )


def test_japanese(tmp_path: Path) -> None:
    data = _pages([wrapped(JAPANESE, 30), wrapped(JAPANESE[:45], 30), wrapped(JAPANESE[45:], 30)], "社内文書")
    assert text_of(tmp_path, "pdf", data) == f"{JAPANESE}\n\n{JAPANESE}"


def test_japanese_written_downwards(tmp_path: Path) -> None:
    columns = [Put(500 - 20 * n, 760, JAPANESE[20 * n : 20 * n + 20]) for n in range(len(JAPANESE) // 20 + 1)]
    assert text_of(tmp_path, "pdf", pdf([[*columns, Put(290, 30, "12")]], vertical=True)) == JAPANESE


def test_japanese_in_two_tiers_is_read_tier_by_tier(tmp_path: Path) -> None:
    pieces = [JAPANESE[12 * n : 12 * n + 12] for n in range(len(JAPANESE) // 12 + 1)]
    half = len(pieces) // 2
    upper = [Put(500 - 16 * n, 760, piece) for n, piece in enumerate(pieces[:half])]
    lower = [Put(500 - 16 * n, 400, piece) for n, piece in enumerate(pieces[half:])]
    assert text_of(tmp_path, "pdf", pdf([[*upper, *lower]], vertical=True)) == JAPANESE


@pytest.mark.parametrize("vertical", [False, True])
def test_fonts_that_the_file_does_not_hold_lose_no_character(tmp_path: Path, vertical: bool) -> None:
    """On a machine without Japanese fonts PDFium left out what had no extent: each of these, which stand alone."""
    step = (0, -10) if vertical else (10, 0)
    places = [(70 + step[0] * n, 740 + step[1] * n) for n in range(24)]
    page = [Put(x, y, character) for (x, y), character in zip(places, JAPANESE, strict=False)]
    assert text_of(tmp_path, "pdf", pdf([page], vertical=vertical)) == JAPANESE[:24]


@pytest.mark.parametrize("vertical", [False, True])
def test_readings_beside_kanji_are_left_out(tmp_path: Path, vertical: bool) -> None:
    """As programs write them: each after its word, which cuts the line."""
    pieces = [
        ("吾輩", "わがはい"),
        ("は", ""),
        ("猫", "ねこ"),
        ("である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。", ""),
    ]
    page, at = [], 0
    for text, reading in pieces:
        beside = (500 + 10, 740 - at) if vertical else (70 + at, 740 + 10)
        page += [
            Put(*((500, 740 - at) if vertical else (70 + at, 740)), text),
            *([Put(*beside, reading, 5)] if reading else []),
        ]
        at += 10 * len(text)
    page += [
        Put(484, 740, "何でも薄暗い所で泣いていた。") if vertical else Put(70, 722, "何でも薄暗い所で泣いていた。")
    ]
    whole = "".join(text for text, _ in pieces) + "何でも薄暗い所で泣いていた。"
    assert text_of(tmp_path, "pdf", pdf([page], vertical=vertical)).replace("\n\n", "") == whole


def test_letters_that_are_set_wide_are_words(tmp_path: Path) -> None:
    words = "The machine stops when its cover is opened."
    assert text_of(tmp_path, "pdf", pdf([[Put(70, 740, words)]], before=b"4 Tc\n")) == words


NOTE = "Any fault that is found must be written down at once, with the hour and the name of the one who found it."


def test_of_a_ruled_table_the_cells_with_sentences_stay_whole(tmp_path: Path) -> None:
    """Cells of two lines each, side by side; PDFium reads their first lines as one line."""
    cells = [Put(72, 695, "Contact of"), Put(72, 683, "the cover"), Put(142, 695, "12.5"), *wrapped(NOTE, 40, 695, 172)]
    rules = b"70 670 70 40 re S\n140 670 30 40 re S\n170 670 300 40 re S\n"
    page = [*wrapped(ENGLISH, 60, 760), *cells, *wrapped("Another part. " + ENGLISH, 60, 640)]
    assert text_of(tmp_path, "pdf", pdf([page], before=rules)) == f"{ENGLISH}\n\n{NOTE}\n\nAnother part. {ENGLISH}"


def test_a_box_around_a_text_is_no_table(tmp_path: Path) -> None:
    page = [Put(72, 725, "Please note"), *wrapped(NOTE, 30, 700, 72)]
    boxes = b"70 720 400 20 re S\n70 660 400 60 re S\n"
    assert text_of(tmp_path, "pdf", pdf([page], before=boxes)) == f"Please note\n\n{NOTE}"


def _stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def _one_page(content: bytes, page: bytes = b"", *more: bytes) -> bytes:
    return assembled(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R %s >>" % page,
            content,
            *more,
        ]
    )


BAD = {
    "nothing": (b"", "broken file"),
    "no pdf": (b"%PDF-1.7\n" + bytes(range(256)) * 20, "broken file"),
    "cut": (pdf([wrapped(ENGLISH, 60)])[:300], "broken file"),
    "a picture": (pdf([[]]), "no text layer"),
    "a password": (pdf([wrapped(ENGLISH, 60)], trailer=b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >> /ID [<00> <00>]"), "encrypted"),
    "pages that hold themselves": (assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>"]), "broken file: no page can be loaded"),
    "a million pages": (assembled([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [%s] /Count 1000000 >>" % (b"3 0 R " * 1000), b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"]), "too long"),
    "deep brackets": (_one_page(_stream(b"[" * 500_000)), "no text layer"),
    "deep dictionaries": (assembled([b"<< /A " * 50_000 + b">> " * 50_000]), "broken file"),
    "a form that shows itself": (_one_page(_stream(b"/X Do"), b"/Resources << /XObject << /X 5 0 R >> >>", _stream(b"/X Do", b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >>")), "no text layer"),
    "a bomb": (_one_page(_stream(zlib.compress(b"0 0 m " * 1_000_000, 9), b"/Filter /FlateDecode")), "no text layer"),
}  # fmt: skip


@pytest.mark.parametrize(("data", "reason"), BAD.values(), ids=list(BAD))
def test_a_bad_file_is_a_reject(tmp_path: Path, data: bytes, reason: str) -> None:
    (item,) = items_of(tmp_path, "pdf", data, max_file_seconds=60)
    assert isinstance(item, Refused)
    assert re.match(reason, item.reason), item.reason


def test_a_file_that_takes_too_long_is_a_reject(tmp_path: Path) -> None:
    start = time.monotonic()
    (item,) = items_of(tmp_path, "pdf", pdf([wrapped(ENGLISH, 60)]), max_file_seconds=0.01)
    assert isinstance(item, Refused)
    assert item.reason == "too slow: over 0.01 seconds (corpus.max_file_seconds)"
    assert time.monotonic() - start < 60


def test_a_parser_that_dies_is_a_reject(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = tmp_path / "dies.py"
    worker.write_text("import os; os.kill(os.getpid(), 11)")
    monkeypatch.setattr(pdf_reader.worker, "__file__", str(worker))
    (item,) = items_of(tmp_path, "pdf", pdf([wrapped(ENGLISH, 60)]))
    assert isinstance(item, Refused)
    assert item.reason == "broken file: it ends its parser (-11)"


def test_memory_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    worker = tmp_path / "greedy.py"
    source = Path(pdf_reader.worker.__file__).read_text("utf-8")
    worker.write_text(
        source.replace("    import pypdfium2 as pdfium\n", "    bytes(8 << 30)\n", 1).replace(
            "    try:\n        document", "    try:\n        pdfium = None\n        document"
        )
    )
    monkeypatch.setattr(pdf_reader.worker, "__file__", str(worker))
    (item,) = items_of(tmp_path, "pdf", pdf([wrapped(ENGLISH, 60)]))
    assert isinstance(item, Refused)
    assert item.reason.startswith("broken file: it ends its parser")
