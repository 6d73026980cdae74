"""What a corpus is, in a hash: so that a changed file is never mixed with stale rows."""

import os
from pathlib import Path

from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.readers.remote import system, unreachable
from secondhalf.corpus.readers.stream import is_url
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import chosen
from secondhalf.models.reference import file_hash
from secondhalf.rows import digest

# Above this a file's size and time stand for its contents: hashing a terabyte would cost as much as reading it.
HASHED = 64_000_000


def fingerprint(settings: CorpusSettings) -> str:
    """The hash of the names and contents of the files that are read; of a hub's data set, its name and revision."""
    if settings.reader == "hub":
        return digest("hub", settings.path, settings.subset, settings.split)
    if settings.reader == "pydoc":
        from pydoc_data.topics import topics

        return digest(*(topics[name] for name in sorted(topics)))
    return of_files(chosen(settings)[0])


def of_files(shards: list[Shard]) -> str:
    """The hash of the names and contents of files."""
    return digest(*(part for shard in shards for part in (shard.name, _contents(shard))))


def _contents(shard: Shard) -> str:
    if is_url(shard.path):
        files, path = system(shard.path)
        try:
            return str(files.ukey(path))
        except Exception as error:
            raise unreachable(shard.place, error) from error
    path = shard.path.removeprefix("file://")
    try:
        if shard.size > HASHED:
            return f"{shard.size} {os.stat(path).st_mtime_ns}"
        return file_hash(Path(path)) if shard.size >= 0 else "no regular file"
    except OSError as error:  # reading it will say so, in a reject
        return f"unreadable: {error.strerror}"
