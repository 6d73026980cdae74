"""What a corpus is, in a hash: so that a changed file is never mixed with stale rows."""

from secondhalf.corpus.readers.files import files
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.models.reference import file_hash
from secondhalf.rows import digest

_SUFFIXES = {"text": (".txt", ".md", ".rst"), "jsonl": (".jsonl", ".jsonl.gz"), "parquet": (".parquet",)}


def fingerprint(settings: CorpusSettings) -> str:
    """The hash of the files' contents; of a hub's data set, its name and revision; of pydoc, the topics."""
    if settings.reader == "hub":
        return digest("hub", settings.path)
    if settings.reader == "pydoc":
        from pydoc_data.topics import topics

        return digest(*(topics[name] for name in sorted(topics)))
    return digest(*(file_hash(path) for path in files(settings.path, _SUFFIXES[settings.reader])))
