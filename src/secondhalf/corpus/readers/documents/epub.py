"""EPUB books: each chapter of the reading order a document, its page's main text. Contents, covers and what is locked are
left out."""

from collections.abc import Iterator
from urllib.parse import unquote

from secondhalf.corpus.readers.documents.archive import Archive, target_of
from secondhalf.corpus.readers.documents.xml_events import read_xml
from secondhalf.corpus.readers.html import extract_page
from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Refused, Shard, printable
from secondhalf.corpus.settings import CorpusSettings

SUFFIXES = (".epub",)
_CONTAINER, _LOCKS = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = frozenset(["application/xhtml+xml", "text/html", "application/x-dtbook+xml"])


def read(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """Each chapter's text. Raises BrokenFileError for what is damaged or above the limits of one file, UserError when the
    extractor of pages is not installed."""
    archive = Archive(shard, settings)
    locked = _attributes(archive, _LOCKS, "CipherReference", "URI") if _LOCKS in archive.names else []
    chapters = _chapters(archive)
    if set(chapters) & set(locked):
        raise BrokenFileError("encrypted: its chapters are locked (DRM)")
    texts = 0
    for chapter in chapters:
        if (item := _chapter(archive, chapter, shard, settings)) is not None:
            texts += 1
            yield item
    if not texts:
        yield Refused(shard.location, "no running text: no chapter has words")


def _chapter(archive: Archive, chapter: str, shard: Shard, settings: CorpusSettings) -> ReadText | Refused | None:
    """A chapter's text; None for a cover or a page of titles, which have no main text and are no loss."""
    location = f"{shard.location}:{printable(chapter)}"
    if chapter not in archive.names:
        return Refused(location, "broken file: a chapter that is listed is not there")
    data = archive.read(chapter)
    if len(data) > settings.max_document_bytes:
        return Refused(location, f"too long: over {settings.max_document_bytes} bytes (corpus.max_document_bytes)")
    item = extract_page(data, location)
    return None if isinstance(item, Refused) and item.reason.startswith("no main text") else item


def _chapters(archive: Archive) -> list[str]:
    """The parts of the reading order, each once, without the table of contents and what stands beside that order."""
    packages = _attributes(archive, _CONTAINER, "rootfile", "full-path")
    if not packages:
        raise BrokenFileError("broken file: it names no book")
    pages: dict[str, str] = {}
    order: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        is_contents = "nav" in attributes.get("properties", "").split()
        if name == "item" and attributes.get("media-type") in _PAGES and not is_contents:
            pages[attributes.get("id", "")] = target_of(packages[0], unquote(attributes.get("href", "")))
        elif name == "itemref" and attributes.get("linear", "yes") != "no":
            order.append(attributes.get("idref", ""))

    read_xml(archive.blocks(packages[0]), start, lambda _: None, lambda _: None)
    return list(dict.fromkeys(pages[id] for id in order if id in pages))


def _attributes(archive: Archive, part: str, element: str, attribute: str) -> list[str]:
    values: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name == element and attribute in attributes:
            values.append(attributes[attribute])

    read_xml(archive.blocks(part), start, lambda _: None, lambda _: None)
    return values
