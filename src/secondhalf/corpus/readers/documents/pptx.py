"""PowerPoint files (.pptx, .pptm): the slides in their order, each with its speaker's notes after it, one document a file.
Hidden slides, footers, dates and slide numbers are left out; of tables the cells that hold sentences. What a diagram says
follows its slide."""

from collections.abc import Iterator

from secondhalf.corpus.readers.documents.archive import Archive
from secondhalf.corpus.readers.documents.paragraphs import as_text, is_running_text
from secondhalf.corpus.readers.documents.relations import main_part, relations
from secondhalf.corpus.readers.documents.xml_events import read_xml
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".pptx", ".pptm", ".ppsx")
_BESIDE = ("diagramData", "notesSlide")  # kinds of parts that belong to a slide and hold text
_SHAPES = frozenset(["sp", "graphicFrame", "pt"])  # the last is a diagram's
_COUNTED = ("slidenum", "datetime")  # fields that number and date a slide, wherever they stand
_AROUND = frozenset(["ftr", "sldNum", "dt", "hdr", "sldImg"])  # kinds of placeholders that are no text of the slide


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """The file's text. Raises BrokenFileError for what is damaged, encrypted or above the limits of one file."""
    archive = Archive(shard, settings)
    paragraphs: list[str] = []
    for part in _slides(archive):
        slide = _read(archive, part)
        if slide.is_hidden:
            continue
        paragraphs += slide.paragraphs
        for relation in sorted(relations(archive, part).values(), key=lambda one: one.kind):  # diagrams before notes
            if relation.kind in _BESIDE:
                paragraphs += _read(archive, relation.target).paragraphs
    text = as_text(paragraphs)
    yield ReadText(text, shard.location) if text else Refused(shard.location, "no running text: no slide has words")


def _slides(archive: Archive) -> list[str]:
    """The slides' parts in the order of the presentation, each once."""
    main, order = main_part(archive, "ppt/presentation.xml"), []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sldId":
            order.append(attributes.get("id", ""))

    read_xml(archive.blocks(main), start, lambda _: None, lambda _: None)
    listed = relations(archive, main)
    return list(dict.fromkeys(listed[id].target for id in order if id in listed and listed[id].kind == "slide"))


def _read(archive: Archive, part: str) -> "_Slide":
    slide = _Slide()
    read_xml(archive.blocks(part), slide.start, slide.end, slide.text)
    return slide


class _Slide:
    """Keeps the paragraphs of a slide, a diagram or notes as their elements come by."""

    def __init__(self) -> None:
        self.is_hidden = False
        self.paragraphs: list[str] = []
        self._shape: list[str] = []
        self._parts: list[str] = []
        self._tables = self._passed_over = 0
        self._in_text = self._around = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        counted = name == "fld" and attributes.get("type", "").startswith(_COUNTED)
        if self._passed_over or name == "Fallback" or counted:
            self._passed_over += 1
        elif name == "sld":
            self.is_hidden = attributes.get("show") in {"0", "false"}
        elif name in _SHAPES:
            self._shape, self._around = [], False
        elif name == "ph":
            self._around = attributes.get("type") in _AROUND
        elif name == "tbl":
            self._tables += 1
        elif name == "p":
            self._parts = []
        elif name == "t":
            self._in_text = True
        elif name == "br":
            self._parts.append("\n")

    def end(self, name: str) -> None:
        """An element ends."""
        if self._passed_over:
            self._passed_over -= 1
        elif name == "t":
            self._in_text = False
        elif name == "tbl":
            self._tables -= 1
        elif name == "p":
            text = "".join(self._parts).strip()
            if text and (not self._tables or is_running_text(text)):
                self._shape.append(text)
        elif name in _SHAPES:
            self.paragraphs += [] if self._around else self._shape
            self._shape = []

    def text(self, text: str) -> None:
        """Characters between elements."""
        if self._in_text and not self._passed_over:
            self._parts.append(text)
