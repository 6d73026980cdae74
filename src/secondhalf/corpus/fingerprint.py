"""What a corpus is, in a hash: so that a changed file is never mixed with stale rows."""

import os
from pathlib import Path

from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.readers.remote import file_system, unreachable_error
from secondhalf.corpus.readers.stream import is_url
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards
from secondhalf.models.reference import file_hash
from secondhalf.rows import digest

# Above this a file's size and time stand for its contents: hashing a terabyte would cost as much as reading it.
MAX_HASHED_BYTES = 64_000_000


def fingerprint_corpus(settings: CorpusSettings) -> str:
    """The hash of the names and contents of the files that are read; of a hub's data set, its name and revision.

    Raises UserError when there is no file, or a remote one cannot be reached.
    """
    if settings.reader == "hub":
        return digest("hub", settings.path, settings.subset, settings.split)
    if settings.reader == "pydoc":
        from pydoc_data.topics import topics

        return digest(*(topics[name] for name in sorted(topics)))
    return fingerprint_files(choose_shards(settings).shards)


def fingerprint_files(shards: list[Shard]) -> str:
    """The hash of the names and contents of files; of a remote one, of what its file system gives for its version.

    Raises UserError when a remote file cannot be reached.
    """
    return digest(*(part for shard in shards for part in (shard.name, _contents(shard))))


def _contents(shard: Shard) -> str:
    if is_url(shard.path):
        files, path = file_system(shard.path)
        try:
            return str(files.ukey(path))
        except Exception as error:
            raise unreachable_error(shard.location, error) from error
    path = shard.path.removeprefix("file://")
    try:
        if shard.size > MAX_HASHED_BYTES:
            return f"{shard.size} {os.stat(path).st_mtime_ns}"
        return file_hash(Path(path)) if shard.size >= 0 else "no regular file"
    except OSError as error:  # reading it will say so, in a reject
        return f"unreadable: {error.strerror}"
