"""Office, EPUB and mail files for the tests, as small as their standards allow."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
_DRAWING = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_OFFICE}"'
)


def archive(parts: Mapping[str, str | bytes], packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive with these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packed) as out:
        for name, content in parts.items():
            out.writestr(name, content)
    return file.getvalue()


def relations(*targets: tuple[str, str, str]) -> str:
    """A part of references: id, kind and target of each."""
    lines = "".join(
        f'<Relationship Id="{id}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for id, kind, target in targets
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{lines}</Relationships>'
    )


def word(*paragraphs: str, body: str = "", **more: str | bytes) -> bytes:
    """A Word file with these paragraphs, and after them `body` as it stands; `more` parts by name, dots for slashes."""
    written = "".join(f"<w:p><w:r><w:t>{escape(text)}</w:t></w:r></w:p>" for text in paragraphs)
    parts: dict[str, str | bytes] = {
        "_rels/.rels": relations(("rId1", "officeDocument", "word/document.xml")),
        "word/document.xml": f"<w:document {_WORD}><w:body>{written}{body}</w:body></w:document>",
    }
    return archive(parts | more)


def slides(*shapes: str, notes: str = "", diagram: str = "", hidden: Sequence[int] = ()) -> bytes:
    """A presentation with a slide for each text of shapes, listed last to first in the archive; `notes` and `diagram` are those
    of the first, `hidden` are numbers of slides."""
    parts = {
        "_rels/.rels": relations(("rId1", "officeDocument", "ppt/presentation.xml")),
        "ppt/presentation.xml": f"<p:presentation {_DRAWING}><p:sldIdLst>"
        + "".join(f'<p:sldId id="{256 + n}" r:id="rId{n}"/>' for n in range(len(shapes)))
        + "</p:sldIdLst></p:presentation>",
        "ppt/_rels/presentation.xml.rels": relations(
            *((f"rId{n}", "slide", f"slides/s{n}.xml") for n in reversed(range(len(shapes))))
        ),
    }
    for n, shape in enumerate(shapes):
        shown = 'show="0"' if n in hidden else ""
        parts[f"ppt/slides/s{n}.xml"] = (
            f"<p:sld {_DRAWING} {shown}><p:cSld><p:spTree>{shape}</p:spTree></p:cSld></p:sld>"
        )
    beside = [("rId1", "notesSlide", "../notesSlides/n0.xml")] if notes else []
    beside += [("rId2", "diagramData", "../diagrams/data1.xml")] if diagram else []
    parts["ppt/slides/_rels/s0.xml.rels"] = relations(*beside)
    parts["ppt/notesSlides/n0.xml"] = (
        f"<p:notes {_DRAWING}><p:cSld><p:spTree>{shape_of(notes)}</p:spTree></p:cSld></p:notes>"
    )
    parts["ppt/diagrams/data1.xml"] = (
        f"<p:dataModel {_DRAWING}><p:ptLst><p:pt><p:t><a:p><a:r><a:t>{escape(diagram)}</a:t></a:r></a:p></p:t></p:pt>"
        "</p:ptLst></p:dataModel>"
    )
    return archive(parts)


def shape_of(*paragraphs: str, kind: str = "body") -> str:
    """A shape of a slide with these paragraphs; `kind` of placeholder."""
    lines = "".join(f"<a:p><a:r><a:t>{escape(text)}</a:t></a:r></a:p>" for text in paragraphs)
    return f'<p:sp><p:nvSpPr><p:nvPr><p:ph type="{kind}"/></p:nvPr></p:nvSpPr><p:txBody>{lines}</p:txBody></p:sp>'


def sheet(rows: Sequence[Sequence[str | int]], raw: str = "", state: str = "visible") -> bytes:
    """An Excel file of one sheet with these rows, texts shared; `raw` are more rows as they stand."""
    texts = list(dict.fromkeys(cell for row in rows for cell in row if isinstance(cell, str)))
    cells = [
        "".join(
            f'<c t="s"><v>{texts.index(cell)}</v></c>' if isinstance(cell, str) else f"<c><v>{cell}</v></c>"
            for cell in row
        )
        for row in rows
    ]
    return archive(
        {
            "_rels/.rels": relations(("rId1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns:r="{_OFFICE}"><sheets><sheet name="Sheet1" sheetId="1" state="{state}" r:id="rId1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": relations(("rId1", "worksheet", "worksheets/sheet1.xml"), ("rId2", "sharedStrings", "sharedStrings.xml")),
            "xl/sharedStrings.xml": "<sst>" + "".join(f"<si><t>{escape(text)}</t></si>" for text in texts) + "</sst>",
            "xl/worksheets/sheet1.xml": "<worksheet><sheetData>"
            + "".join(f"<row>{row}</row>" for row in cells) + raw + "</sheetData></worksheet>",
        }
    )  # fmt: skip


def sheets(one: bytes, more: Mapping[str, str]) -> bytes:
    """An Excel file of one sheet with `more` of them behind it, by the names of their parts."""
    with zipfile.ZipFile(io.BytesIO(one)) as packed:
        parts = {name: packed.read(name).decode() for name in packed.namelist()}
    for number, name in enumerate(more, 10):
        listed = f'<sheet name="S{number}" sheetId="{number}" r:id="rId{number}"/></sheets>'
        parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace("</sheets>", listed)
        relation = f'<Relationship Id="rId{number}" Type="{_OFFICE}/worksheet" Target="{name.removeprefix("xl/")}"/></Relationships>'
        place = "xl/_rels/workbook.xml.rels"
        parts[place] = parts[place].replace("</Relationships>", relation)
    return archive({**parts, **more})


def book(*chapters: str, spine: Sequence[int] | None = None, **more: str | bytes) -> bytes:
    """An EPUB with a page for each text, and a table of contents before them; `spine` names the order."""
    items = "".join(
        f'<item id="c{n}" href="text/c%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(chapters))
    )
    order = "".join(f'<itemref idref="c{n}"/>' for n in (range(len(chapters)) if spine is None else spine))
    parts: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": '<container><rootfiles><rootfile full-path="OEBPS/content.opf"/></rootfiles></container>',
        "OEBPS/content.opf": f'<package><manifest><item id="nav" properties="nav" href="nav.xhtml" media-type="application/xhtml+xml"/>{items}'
        f'</manifest><spine><itemref idref="nav"/>{order}</spine></package>',
        "OEBPS/nav.xhtml": "<html><body><nav><p>Table of contents, which is no chapter of this book.</p></nav></body></html>",
    }
    for n, text in enumerate(chapters):
        parts[f"OEBPS/text/c {n}.xhtml"] = (
            f"<html><body><article><h1>Chapter {n}</h1><p>{escape(text)}</p></article></body></html>"
        )
    return archive(parts | more)


def letter(text: str, charset: str = "utf-8", headers: str = "") -> bytes:
    """A message of plain text."""
    head = f"From: a@example.org\nSubject: subject\n{headers}Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
    return head.encode() + text.encode(charset)


def items_of(tmp_path: Path, reader: str, data: bytes, name: str = "a", **settings: Any) -> list[ReadText | Refused]:
    """What a reader makes of one file; a file that is broken is a refusal, as in a corpus."""
    path = tmp_path / name
    path.write_bytes(data)
    shard = Shard(name, str(path), len(data))
    try:
        return list(READERS[reader](shard, CorpusSettings(reader=reader, **settings)))
    except BrokenFileError as broken:
        return [Refused(shard.location, str(broken))]


def text_of(tmp_path: Path, reader: str, data: bytes, name: str = "a", **settings: Any) -> str:
    """The one text of a file."""
    (item,) = items_of(tmp_path, reader, data, name, **settings)
    assert isinstance(item, ReadText), item
    return item.text
