"""Where text comes from, one reader a file. A reader yields (text, url) and knows nothing of samples."""

from collections.abc import Callable, Iterator

from secondhalf.corpus.readers import hub, jsonl, parquet, pydoc, text
from secondhalf.corpus.settings import CorpusSettings

READERS: dict[str, Callable[[CorpusSettings], Iterator[tuple[str, str]]]] = {
    "pydoc": pydoc.read,
    "text": text.read,
    "jsonl": jsonl.read,
    "parquet": parquet.read,
    "hub": hub.read,
}
