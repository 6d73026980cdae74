"""Word files (.docx, .docm): paragraphs in their order. What is deleted, hidden or a reading over kanji is no text; headers,
footers, notes and comments are parts of their own and not read; of tables the cells that hold sentences."""

import re
from collections.abc import Iterator

from secondhalf.corpus.readers.documents.archive import Archive
from secondhalf.corpus.readers.documents.paragraphs import as_text, is_running_text
from secondhalf.corpus.readers.documents.relations import main_part
from secondhalf.corpus.readers.documents.xml_events import read_xml
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".docx", ".docm", ".dotx")
# Fallback repeats what the choice before it shows; a moved text stands where it was moved to.
_PASSED_OVER = frozenset(["Fallback", "del", "moveFrom", "rt", "pict", "docPartObj"])
_CONTENTS = re.compile(r"^(toc|contents)", re.IGNORECASE)
_LISTS = re.compile(
    r"\s*(TOC|TOA|INDEX)\b", re.IGNORECASE
)  # fields that Word fills with a list of places; of styles Japanese Word has numbers
_LONGEST_FIELD = 100  # characters of a field that tell what it is


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The file's text. Raises BrokenFileError for what is damaged, encrypted or above the limits of one file."""
    archive = Archive(shard, settings)
    body = _Body()
    read_xml(archive.blocks(main_part(archive, "word/document.xml")), body.start, body.end, body.text)
    text = as_text([*body.paragraphs, *body.unended])
    yield ReadText(text, shard.location) if text else Refused(shard.location, "no running text: no paragraph has words")


class _Paragraph:
    def __init__(self) -> None:
        self.parts: list[str] = []
        self.listed_in_contents = self.in_list = False
        self.inner: list[str] = []  # of text boxes, which stand beside it


class _Body:
    """Keeps the paragraphs of a document as its elements come by."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self.unended: list[str] = []
        """Of a list of places whose end has not come: where it never does, they are the rest of the text."""
        self._fields: list[str] = []
        self._lists = 0  # of the open fields
        self._open: list[_Paragraph] = []
        self._tables = self._passed_over = 0
        self._in_text = self._hidden = self._in_field = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if self._passed_over or name in _PASSED_OVER:
            self._passed_over += 1
        elif name == "p":
            self._open.append(_Paragraph())
        elif name == "tbl":
            self._tables += 1
        elif name == "r":
            self._hidden = False
        elif name == "vanish":
            self._hidden = attributes.get("val", "true") not in {"0", "false", "off"}
        elif name == "pStyle" and self._open and _CONTENTS.match(attributes.get("val", "")):
            self._open[-1].listed_in_contents = True
        elif name == "t":
            self._in_text = True
        elif name == "fldChar":
            self._field(attributes.get("fldCharType", ""))
        elif name == "instrText":
            self._in_field = True
        elif name in {"br", "cr", "tab"}:
            self._add("\n" if name != "tab" and attributes.get("type") not in {"page", "column"} else " ")
        elif name == "noBreakHyphen":
            self._add("-")

    def end(self, name: str) -> None:
        """An element ends."""
        if self._passed_over:
            self._passed_over -= 1
        elif name == "t":
            self._in_text = False
        elif name == "instrText":
            self._in_field = False
        elif name == "tbl":
            self._tables -= 1
        elif name == "p" and self._open:
            self._close(self._open.pop())

    def text(self, text: str) -> None:
        """Characters between elements."""
        if self._in_text and not self._passed_over:
            self._add(text)
        elif self._in_field and self._fields:
            self._fields[-1] = (self._fields[-1] + text)[:_LONGEST_FIELD]

    def _field(self, kind: str) -> None:
        """A field begins, has been named, or ends."""
        if kind == "begin":
            self._fields.append("")
        elif self._fields and _LISTS.match(self._fields[-1]):
            self._lists += 1 if kind == "separate" else -1 if kind == "end" and self._lists else 0
            if not self._lists:
                self.unended.clear()
        if kind == "end" and self._fields:
            self._fields.pop()

    def _add(self, text: str) -> None:
        if self._open and not self._hidden:
            self._open[-1].parts.append(text)
            self._open[-1].in_list |= self._lists > 0

    def _close(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.parts).strip()
        if paragraph.in_list:
            self.unended += [text] if self._lists else []
            return
        keeps = text and not paragraph.listed_in_contents and (not self._tables or is_running_text(text))
        closed = ([text] if keeps else []) + paragraph.inner
        (self._open[-1].inner if self._open else self.paragraphs).extend(closed)
