"""Holds that files stayed as they were while they were read: else a stage would hold other texts than its key says.

A file of a URL or a hub is fetched as its server gives it; it is not looked at twice.
"""

import os
from collections.abc import Iterable, Mapping

from secondhalf.corpus.readers.items import Shard, printable
from secondhalf.corpus.readers.stream import is_url
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards
from secondhalf.errors import UserError

FileState = tuple[int, int]
"""Size in bytes, and time of the last change in nanoseconds."""


def corpus_states(settings: CorpusSettings) -> dict[str, FileState]:
    """Path -> state of the files that are read; empty where they are not this machine's. Raises UserError when there is none."""
    if settings.reader in {"hub", "pydoc"} or is_url(settings.path):
        return {}
    return file_states(choose_shards(settings).shards)


def file_states(shards: Iterable[Shard]) -> dict[str, FileState]:
    """Path -> state of the regular files among them that can be looked at."""
    states = {}
    for shard in shards:
        path = shard.path.removeprefix("file://")
        if shard.size < 0 or is_url(path):
            continue
        try:
            status = os.stat(path)
        except OSError:  # reading it says why
            continue
        states[path] = status.st_size, status.st_mtime_ns
    return states


def check_unchanged(before: Mapping[str, FileState], after: Mapping[str, FileState], field: str) -> None:
    """Raises UserError naming the recipe's field and the first file that came, went or was written in between."""
    for path in sorted(before.keys() | after.keys()):
        if before.get(path) != after.get(path):
            raise UserError(
                f"{field}: {printable(path)} changed while the files were read, so nothing of them was kept: start again "
                "when nobody writes there, or name a copy."
            )
