"""Books: a chapter a document, in the order of reading."""

from pathlib import Path

import pytest

from secondhalf.corpus.readers.items import ReadText, Refused
from support.office_files import book, items_of

pytest.importorskip("resiliparse")
FIRST, SECOND = (
    "The first chapter begins with a sentence of some length.",
    "第二章は日本語の文章です。短くても読まれます。",
)


def test_chapters_in_order_each_once(tmp_path: Path) -> None:
    items = items_of(tmp_path, "epub", book(FIRST, SECOND, spine=[1, 0, 1, 1]))
    assert [item.text.split("\n")[-1] for item in items if isinstance(item, ReadText)] == [SECOND, FIRST]
    assert items[0].location.endswith("a:OEBPS/text/c 1.xhtml")


def test_a_locked_book_is_refused(tmp_path: Path) -> None:
    lock = '<encryption><EncryptedData><CipherData><CipherReference URI="OEBPS/text/c 0.xhtml"/></CipherData></EncryptedData></encryption>'
    (item,) = items_of(tmp_path, "epub", book(FIRST, **{"META-INF/encryption.xml": lock}))
    assert isinstance(item, Refused)
    assert item.reason == "encrypted: its chapters are locked (DRM)"
    font = lock.replace("OEBPS/text/c 0.xhtml", "OEBPS/fonts/a.otf")
    assert isinstance(items_of(tmp_path, "epub", book(FIRST, **{"META-INF/encryption.xml": font}))[0], ReadText)
