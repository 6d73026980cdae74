"""Where text comes from, one format a file. A reader yields texts and refusals; it knows nothing of samples."""

from collections.abc import Callable, Iterator

from secondhalf.corpus.readers import html, hub, jsonl, parquet, pydoc, saved, text, warc
from secondhalf.corpus.readers.items import ReadText, Refused, Shard
from secondhalf.corpus.settings import CorpusSettings

READERS: dict[str, Callable[[Shard, CorpusSettings], Iterator[ReadText | Refused]]] = {
    "pydoc": pydoc.read,
    "text": text.read,
    "html": html.read,
    "jsonl": jsonl.read,
    "parquet": parquet.read,
    "saved": saved.read,
    "warc": warc.read,
    "hub": hub.read,
}

# Which files of a folder are the reader's; text formats may also end in .gz or .zst.
SUFFIXES = {
    "text": text.SUFFIXES,
    "html": html.SUFFIXES,
    "jsonl": jsonl.SUFFIXES,
    "parquet": parquet.SUFFIXES,
    "saved": saved.SUFFIXES,
    "warc": warc.SUFFIXES,
}
