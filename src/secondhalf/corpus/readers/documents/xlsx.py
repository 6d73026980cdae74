"""Excel files (.xlsx, .xlsm): the rows of each sheet as documents (`cells.py`). Formulas are their last values; hidden sheets
are left out.

A cell is kept by its column, so that a sheet with one cell in its last corner costs one cell.
"""

import re
from collections.abc import Iterator

from secondhalf.corpus.readers.documents.archive import Archive
from secondhalf.corpus.readers.documents.cells import Cells, rows_as_texts
from secondhalf.corpus.readers.documents.limits import FileLimits
from secondhalf.corpus.readers.documents.relations import main_part, relations
from secondhalf.corpus.readers.documents.xml_events import read_xml, xml_steps
from secondhalf.corpus.readers.items import ReadText, Refused, Shard, printable
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".xlsx", ".xlsm")
_MOST_COLUMNS = 16_384  # of any sheet, by the standard
_LETTERS = re.compile(r"[A-Z]{1,3}")
_VALUES = frozenset(["v", "t"])


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each row's text, sheet by sheet. Raises BrokenFileError for what is damaged, encrypted or above the limits of one
    file."""
    archive = Archive(shard, settings)
    main = main_part(archive, "xl/workbook.xml")
    listed = relations(archive, main)
    strings = _Strings()
    for relation in listed.values():
        if relation.kind == "sharedStrings" and relation.target in archive.names:
            read_xml(archive.blocks(relation.target), strings.start, strings.end, strings.text)
    sheets, shown, items = _sheets(archive, main), FileLimits(settings), 0
    for name, id in sheets:
        if id in listed and listed[id].kind == "worksheet":
            location = f"{shard.location}:{printable(name[:80])}" if len(sheets) > 1 else shard.location
            for item in rows_as_texts(_rows(archive, listed[id].target, strings.texts, shown), location, settings):
                items += 1
                yield item
    if not items:  # empty sheets beside others are no loss
        yield Refused(shard.location, "no running text: no sheet that is shown has a cell")


def _rows(archive: Archive, part: str, strings: list[str], shown: FileLimits) -> Iterator[tuple[int, Cells]]:
    """The rows of a sheet that hold anything, with their numbers, as they are read. `shown` counts what cells show: a few
    bytes each, whatever the length of the text that they share."""
    sheet = _Sheet(strings, shown)
    for _ in xml_steps(archive.blocks(part), sheet.start, sheet.end, sheet.text):
        rows, sheet.rows = sheet.rows, []
        yield from rows


def _sheets(archive: Archive, main: str) -> list[tuple[str, str]]:
    """The name and the reference of each sheet that is shown, each once."""
    sheets: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and attributes.get("state", "visible") == "visible":
            sheets.setdefault(attributes.get("id", ""), attributes.get("name", ""))

    read_xml(archive.blocks(main), start, lambda _: None, lambda _: None)
    return [(name, id) for id, name in sheets.items()]


class _Strings:
    """The texts that cells share. Readings over kanji are no part of them."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._parts: list[str] = []
        self._in_text = self._in_reading = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "si":
            self._parts = []
        elif name == "rPh":
            self._in_reading = True
        elif name == "t":
            self._in_text = not self._in_reading

    def end(self, name: str) -> None:
        """An element ends."""
        if name == "si":
            self.texts.append("".join(self._parts))
        elif name == "rPh":
            self._in_reading = False
        elif name == "t":
            self._in_text = False

    def text(self, text: str) -> None:
        """Characters between elements."""
        if self._in_text:
            self._parts.append(text)


class _Sheet:
    """Keeps the rows of a sheet that hold anything, with their numbers."""

    def __init__(self, strings: list[str], shown: FileLimits) -> None:
        self._shown = shown
        self.rows: list[tuple[int, Cells]] = []
        self._number = 0
        self._strings = strings
        self._row: Cells = {}
        self._column, self._kind = -1, ""
        self._parts: list[str] = []
        self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name == "row":
            number = attributes.get("r", "")
            self._number = int(number) if number.isdecimal() and len(number) < 9 else self._number + 1
            self._row, self._column = {}, -1
        elif name == "c":
            letters = _LETTERS.match(attributes.get("r", ""))
            self._column = min(_column(letters[0]) if letters else self._column + 1, _MOST_COLUMNS)
            self._kind, self._parts = attributes.get("t", "n"), []
        elif name in _VALUES:
            self._in_value = True

    def end(self, name: str) -> None:
        """An element ends."""
        if name in _VALUES:
            self._in_value = False
        elif name == "c":
            text = "".join(self._parts)
            if self._kind == "s":
                text = (
                    self._strings[int(text)]
                    if text.isdecimal() and len(text) < 10 and int(text) < len(self._strings)
                    else ""
                )
            self._shown.add(len(text))
            if text and self._kind != "e":
                self._row[self._column] = text
        elif name == "row" and self._row:
            self.rows.append((self._number, self._row))

    def text(self, text: str) -> None:
        """Characters between elements."""
        if self._in_value:
            self._parts.append(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
