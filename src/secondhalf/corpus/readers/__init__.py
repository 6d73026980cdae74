"""Where text comes from, one format a file. A reader yields texts and refusals; it knows nothing of samples."""

from collections.abc import Callable, Iterator

from secondhalf.corpus.readers import html, hub, jsonl, markdown, parquet, pydoc, saved, text, warc
from secondhalf.corpus.readers.documents import delimited, docx, epub, mail, pdf, pptx, xlsx
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.readers.kinds import FOLDER, kind_of
from secondhalf.corpus.settings import CorpusSettings


def _read_by_kind(shard: Shard, settings: CorpusSettings) -> Iterator[ReadText | Refused]:
    """A file of a mixed folder, by the reader that it needs, whose name is its source."""
    kind = kind_of(shard)
    if not kind:
        yield Refused(shard.location, "no reader: it is of no kind that is read")
        return
    for item in READERS[kind](shard, settings):
        yield item._replace(source=item.source or kind) if isinstance(item, ReadText) else item


READERS: dict[str, Callable[[Shard, CorpusSettings], Iterator[ReadText | Refused]]] = {
    "pydoc": pydoc.read,
    "text": text.read,
    "markdown": markdown.read,
    "html": html.read,
    "pdf": pdf.read,
    "docx": docx.read,
    "pptx": pptx.read,
    "xlsx": xlsx.read,
    "csv": delimited.read,
    "epub": epub.read,
    "mail": mail.read,
    "jsonl": jsonl.read,
    "parquet": parquet.read,
    "saved": saved.read,
    "warc": warc.read,
    "hub": hub.read,
    FOLDER: _read_by_kind,
}
