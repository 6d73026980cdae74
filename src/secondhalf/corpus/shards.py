"""The files of a corpus that are read: those of its path, less the caches of saved data sets; of these the ones that are scanned.

`scan: N` reads those N whose names hash lowest. A name is the one below the corpus' root, so the choice does not depend
on where the corpus lies, and a larger N contains the smaller one.
"""

import os
import posixpath
from collections import Counter
from dataclasses import dataclass, field

from secondhalf.corpus.files import LINK, Files, ending_of, list_files
from secondhalf.corpus.globs import fixed_part
from secondhalf.corpus.readers import hub
from secondhalf.corpus.readers.items import BrokenFileError, Shard, printable
from secondhalf.corpus.readers.kinds import FOLDER, OFFICE_LOCK, SUFFIXES, kind_of, who_reads
from secondhalf.corpus.readers.saved import CACHE, STATE, data_files
from secondhalf.corpus.readers.stream import is_url, open_shard
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.text.nearest import nearest_file

_HIDDEN = {"__MACOSX", "Thumbs.db", "desktop.ini"}  # what systems leave in folders
_MOST_NAMED = 8  # kinds of other files that a sentence names


@dataclass(slots=True)
class ChosenShards:
    """The shards to read, by name; how many the corpus has; and how many files were passed over, by the end of their name."""

    shards: list[Shard]
    total: int
    passed_over: Counter[str] = field(default_factory=Counter)


def choose_shards(settings: CorpusSettings) -> ChosenShards:
    """The shards to read. Raises UserError when there is none, naming what stands there instead."""
    files = _all_shards(settings)
    chosen = sorted(files.shards, key=lambda shard: (digest("shard", shard.name), shard.name))[: settings.scan]
    return ChosenShards(sorted(chosen, key=lambda shard: shard.name), len(files.shards), files.passed_over)


def name_passed_over(passed_over: Counter[str]) -> str:
    """The kinds of files that were passed over, for people, and what to do: "3 .pdf (corpus.reader: folder or pdf), 1 README"."""
    most = ", ".join(f"{count} {name_kind(ending)}" for ending, count in passed_over.most_common(_MOST_NAMED))
    return most + (", ..." if len(passed_over) > _MOST_NAMED else "")


def name_kind(ending: str) -> str:
    """The end of a name, and which reader takes such files or what else to do."""
    mend = who_reads(ending)
    return f"{printable(ending)} ({mend})" if mend else printable(ending)


def _all_shards(settings: CorpusSettings) -> Files:
    if settings.reader == "pydoc":
        return Files([Shard("pydoc", "pydoc")])
    if not settings.path:
        raise UserError("corpus.path is empty: name a file, a folder, a glob or a URL.")
    if settings.reader == "hub":
        return Files(hub.shards(settings))
    if settings.reader == FOLDER:
        files = _of_known_kinds(list_files(settings.path, ("",), settings.follow_links))
    else:
        files = list_files(settings.path, SUFFIXES[settings.reader], settings.follow_links, any_in_glob=True)
    if settings.reader == "saved" and len(files.shards) > 1:
        files = _without_caches(files)
    if not files.shards:
        raise _no_file_error(settings, files)
    return files


def _no_file_error(settings: CorpusSettings, files: Files) -> UserError:
    names = ", ".join(SUFFIXES.get(settings.reader, ["known"]))
    place = fixed_part(os.path.expanduser(settings.path.removeprefix("file://")))
    if not is_url(settings.path) and not os.path.lexists(place or "."):
        if near := nearest_file(place):
            return UserError(f"corpus.path: {settings.path} does not exist; did you mean {near}?")
        return UserError(f"corpus.path: {settings.path} does not exist: correct the path.")
    if not files.passed_over:
        return UserError(f"corpus.path: {settings.path} holds no {names} file: correct the path or the reader.")
    mend = "name them by a glob such as FOLDER/*.json.gz"
    if files.passed_over[LINK]:
        mend = "set corpus.follow_links: true where the links are to be followed"
    others = name_passed_over(files.passed_over)
    return UserError(
        f"corpus.path: {settings.path} holds no {names} file, but others ({others}): correct the path or the reader, or {mend}."
    )


def _of_known_kinds(files: Files) -> Files:
    """The files of a mixed folder that a reader takes, less those that are hidden."""
    kept = []
    for shard in files.shards:
        if any(part.startswith((".", OFFICE_LOCK)) or part in _HIDDEN for part in shard.name.split("/")):
            files.passed_over["hidden"] += 1
        elif kind_of(shard):
            kept.append(shard)
        else:
            files.passed_over[ending_of(shard.path)] += 1
    return Files(kept, files.passed_over)


def _without_caches(files: Files) -> Files:
    """Of each folder of a saved data set the files that its state names; without one, all but the caches."""
    states: dict[str, list[str] | None] = {}
    kept = []
    for shard in files.shards:
        folder, _, name = shard.path.rpartition("/")
        if folder not in states:
            states[folder] = _state(folder)
        named = states[folder]
        if name.startswith(CACHE) if named is None else name not in named:
            files.passed_over[f"{CACHE}*.arrow" if name.startswith(CACHE) else ending_of(name)] += 1
        else:
            kept.append(shard)
    return Files(kept, files.passed_over)


def _state(folder: str) -> list[str] | None:
    """The data files that a folder's state names; None without a state. Raises UserError where it is damaged."""
    path = posixpath.join(folder, STATE)
    try:
        with open_shard(Shard(STATE, path)) as raw:
            return data_files(raw.read())[0]
    except BrokenFileError:
        return None
    except ValueError as error:
        raise UserError(f"{path} is damaged ({error}): save the data set again, or name its Arrow files.") from error
