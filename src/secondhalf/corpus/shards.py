"""Which files a path means: one file, a folder, a glob or a URL; never outside what was named, never twice.

`scan: N` reads those N whose names hash lowest. A name is the one below the corpus' root, so the choice does not depend
on where the corpus lies, and a larger N contains the smaller one.
"""

import glob
import os
import stat

from secondhalf.corpus.readers import SUFFIXES, hub
from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.readers.remote import file_system, unreachable_error
from secondhalf.corpus.readers.stream import CODECS, is_url
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.rows import digest


def choose_shards(settings: CorpusSettings) -> tuple[list[Shard], int]:
    """The shards to read, by name, and how many the corpus has. Raises UserError when there is none."""
    shards = _all_shards(settings)
    chosen = sorted(shards, key=lambda shard: (digest("shard", shard.name), shard.name))[: settings.scan]
    return sorted(chosen, key=lambda shard: shard.name), len(shards)


def _all_shards(settings: CorpusSettings) -> list[Shard]:
    if settings.reader == "pydoc":
        return [Shard("pydoc", "pydoc")]
    if not settings.path:
        raise UserError("corpus.path is empty: name a file, a folder, a glob or a URL.")
    if settings.reader == "hub":
        return hub.shards(settings)
    shards = list_files(settings.path, SUFFIXES[settings.reader])
    if not shards:
        names = ", ".join(SUFFIXES[settings.reader])
        raise UserError(f"corpus.path: {settings.path} holds no {names} file: correct the path or the reader.")
    return shards


def list_files(path: str, endings: tuple[str, ...]) -> list[Shard]:
    """The files of a path, by name: itself where it is one, else those with one of the endings, compressed or not.

    Raises UserError when a URL cannot be reached, or its fsspec driver is missing.
    """
    endings += tuple(ending + codec for ending in endings for codec in CODECS)
    return _remote(path, endings) if is_url(path) else _local(path, endings)


def _local(path: str, endings: tuple[str, ...]) -> list[Shard]:
    root = os.path.expanduser(path.removeprefix("file://"))
    unlisted: list[str] = []
    if os.path.isdir(root):
        # Links to folders are not followed, so that a loop ends; a folder that cannot be listed is refused as a shard.
        walk = os.walk(root, onerror=lambda error: unlisted.append(str(error.filename)))
        names = [os.path.join(folder, name) for folder, _, files in walk for name in files]
    elif os.path.lexists(root):
        return [_shard(root, os.path.dirname(root))]
    else:
        names = [name for name in glob.glob(root, recursive=True) if not os.path.isdir(name)]
        root = _fixed(root)
    matching = unlisted + [name for name in names if name.lower().endswith(endings)]
    # The same file under two names is one file: the shorter name stays.
    distinct = {
        os.path.realpath(name): name for name in sorted(matching, key=lambda name: (len(name), name), reverse=True)
    }
    return [_shard(name, root) for name in sorted(distinct.values())]


def _shard(path: str, root: str) -> Shard:
    try:
        status = os.stat(path)
        size = status.st_size if stat.S_ISREG(status.st_mode) else -1
    except OSError:
        size = 0  # opening it gives the reason
    return Shard(os.path.relpath(path, root) if root else path, path, size)


def _remote(url: str, endings: tuple[str, ...]) -> list[Shard]:
    files, path = file_system(url)
    try:
        if files.isfile(path):
            return [Shard(path.rsplit("/", 1)[-1], url, int(files.size(path) or 0))]
        fixed = _fixed(path) if glob.has_magic(path) else path
        entries = files.glob(path, detail=True) if glob.has_magic(path) else files.find(path, detail=True)
    except Exception as error:
        raise unreachable_error(url, error) from error
    start = fixed.rstrip("/") + "/"
    return [
        Shard(name.removeprefix(start), files.unstrip_protocol(name), int(info.get("size") or 0))
        for name, info in sorted(entries.items())
        if info.get("type") != "directory" and name.lower().endswith(endings)
    ]


def _fixed(pattern: str) -> str:
    """The part of a glob before its first wildcard, up to a slash."""
    parts = pattern.split("/")
    first = next((index for index, part in enumerate(parts) if glob.has_magic(part)), len(parts))
    return "/".join(parts[:first])
