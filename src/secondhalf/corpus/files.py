"""Which files a path means: one file, a folder, a glob or a URL; never outside what was named, never twice.

A file or a glob that is named means what it says. Of a folder the reader's own files are read; all others are passed over and
counted, and so are links below it, unless they are to be followed.
"""

import glob
import os
import stat
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from secondhalf.corpus.globs import FileGlob, fixed_part
from secondhalf.corpus.readers.items import Shard
from secondhalf.corpus.readers.remote import file_system, unreachable_error
from secondhalf.corpus.readers.stream import is_url
from secondhalf.corpus.readers.unpack import CODECS

LINK = "link"


@dataclass(slots=True)
class Files:
    """The files of a path, by name, and how many others stand there, by the end of their name (or "link")."""

    shards: list[Shard]
    passed_over: Counter[str] = field(default_factory=Counter)


def list_files(path: str, endings: tuple[str, ...], follow_links: bool = False, any_in_glob: bool = False) -> Files:
    """The files of a path: itself where it is one, else those with one of the endings, compressed or not.

    `any_in_glob`: whatever a glob matches. Raises UserError when a URL cannot be reached, or its fsspec driver is missing.
    """
    endings += tuple(ending + codec for ending in endings for codec in CODECS)
    if is_url(path):
        return _remote(path, endings, any_in_glob)
    return _local(os.path.expanduser(path.removeprefix("file://")), endings, follow_links, any_in_glob)


def _local(root: str, endings: tuple[str, ...], follow_links: bool, any_in_glob: bool) -> Files:
    passed_over: Counter[str] = Counter()
    if os.path.isdir(root):
        names = list(_walk(root, endings, follow_links, passed_over))
    elif os.path.lexists(root):
        return Files([_shard(root, os.path.dirname(root))])
    else:
        pattern, root = FileGlob(root, follow_links), fixed_part(root)
        names = []
        for name in pattern.files():
            if any_in_glob or name.lower().endswith(endings):
                names.append(name)
            else:
                passed_over[ending_of(name)] += 1
        passed_over[LINK] += len(pattern.links)
    passed_over = +passed_over
    # The same file under two names is one file: the shorter name stays.
    distinct = {
        os.path.realpath(name): name for name in sorted(names, key=lambda name: (len(name), name), reverse=True)
    }
    return Files([_shard(name, root) for name in sorted(distinct.values())], passed_over)


def _walk(root: str, endings: tuple[str, ...], follow_links: bool, passed_over: Counter[str]) -> Iterator[str]:
    """The files below a folder that have one of the endings; a folder that cannot be listed is given as if it were one.

    A folder that was walked under another name is not walked again, so that a loop of links ends.
    """
    unlisted: list[str] = []
    seen = {os.path.realpath(root)}
    for folder, folders, files in os.walk(
        root, followlinks=follow_links, onerror=lambda error: unlisted.append(str(error.filename))
    ):
        for name in list(folders):
            path = os.path.join(folder, name)
            if os.path.islink(path) and not follow_links:
                passed_over[LINK] += 1
            elif follow_links:
                real = os.path.realpath(path)
                if real in seen:
                    folders.remove(name)
                seen.add(real)
        for name in files:
            path = os.path.join(folder, name)
            if not name.lower().endswith(endings):
                passed_over[ending_of(name)] += 1
            elif os.path.islink(path) and not follow_links:
                passed_over[LINK] += 1
            else:
                yield path
    yield from unlisted


def ending_of(name: str) -> str:
    """The end of a file's name from its first dot near the end (.json.gz), at most 20 characters; a name without one itself."""
    stem, ending = os.path.splitext(os.path.basename(name))
    if ending.lower() in CODECS:
        ending = os.path.splitext(stem)[1] + ending
    return (ending or os.path.basename(name)).lower()[-20:]


def _shard(path: str, root: str) -> Shard:
    try:
        status = os.stat(path)
        size = status.st_size if stat.S_ISREG(status.st_mode) else -1
    except OSError:
        size = 0  # opening it gives the reason
    return Shard(os.path.relpath(path, root) if root else path, path, size)


def _remote(url: str, endings: tuple[str, ...], any_in_glob: bool) -> Files:
    files, path = file_system(url)
    try:
        if files.isfile(path):
            return Files([Shard(path.rsplit("/", 1)[-1], url, int(files.size(path) or 0))])
        is_glob = glob.has_magic(path)
        fixed = fixed_part(path) if is_glob else path
        entries = files.glob(path, detail=True) if is_glob else files.find(path, detail=True)
    except Exception as error:
        raise unreachable_error(url, error) from error
    start = fixed.rstrip("/") + "/"
    listed = Files([])
    for name, info in sorted(entries.items()):
        if info.get("type") == "directory":
            continue
        if (is_glob and any_in_glob) or name.lower().endswith(endings):
            listed.shards.append(
                Shard(name.removeprefix(start), files.unstrip_protocol(name), int(info.get("size") or 0))
            )
        else:
            listed.passed_over[ending_of(name)] += 1
    return listed
