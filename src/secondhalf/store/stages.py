"""A store of stages, by the hash of what determines them; resume, locks, manifests.

    store/STAGE/KEY/   part-*.parquet, rejects-*.parquet, verdicts-*.parquet, manifest.json
    store/store.json   marks the folder as a store, see format.py
    store/used-by/     which runs use which stages, see users.py
    store/trash/       what was pruned, see prune.py
    store/damaged/     stages whose checksums were others, see damaged.py

`manifest.json` is written last and atomically, when all else is on the disk: it exists when, and only when, the stage is whole.
It holds the checksums of the stage's files, which are checked when they are read (checksums.py). Tables hold no times and files
are written under another name first, so a process killed anywhere leaves whole files only.
"""

import fcntl
import json
import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.store import checksums, files
from secondhalf.store.damaged import set_aside_damaged_stage
from secondhalf.store.environment import current_environment
from secondhalf.store.faults import place_fault
from secondhalf.store.format import MADE_BY, mark, read_format
from secondhalf.store.parts import in_order
from secondhalf.store.tables import read_batches, read_table, resliced, write_table

_LOG = logging.getLogger(__name__)


def _nothing(stages: Sequence["Stage"]) -> None:
    """Nobody is to be told."""


def stage_key(version: tuple[int, ...], settings: Mapping[str, object], inputs: Mapping[str, str]) -> str:
    """The key of a stage, 16 hex digits: its version, the settings that decide it, and its inputs' keys or hashes."""
    return digest(json.dumps([version, dict(settings), dict(inputs)], sort_keys=True, ensure_ascii=False), size=16)


class Stage:
    """One folder of the store.

    >>> import secondhalf
    >>> from pathlib import Path
    >>> secondhalf.Stage(Path("store/corpus/0123456789abcdef")).whole
    False
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name, self.key = path.parent.name, path.name

    @property
    def whole(self) -> bool:
        """True when the stage is finished."""
        return (self.path / "manifest.json").is_file()

    @property
    def manifest(self) -> dict[str, Any]:
        """Rows, settings, inputs; and, deciding nothing: seconds, packages, machine, revision.

        Raises UserError when it is missing or damaged.
        """
        return checksums.read_manifest(self.path)

    @property
    def rows_identity(self) -> str:
        """What stands for its rows in the key of a stage that reads them: its own key, or what its manifest says they are made
        of, where much that decides the stage may leave its rows as they are."""
        return str(self.manifest.get("rows_identity") or self.key)

    @property
    def of_format_1(self) -> bool:
        """True when secondhalf 0.1 made it: it can be read, and no key leads to it any more."""
        return self.whole and isinstance(self.manifest.get("version"), int)

    def has(self, kind: str, index: int) -> bool:
        """True when that part was written."""
        return self._part(kind, index).is_file()

    def parts(self) -> int:
        """How many parts are done, from the first on."""
        return next(index for index in count() if not self.has("part", index))

    def write(self, kind: str, index: int, table: pa.Table | Iterable[pa.Table]) -> None:
        """Writes one part, atomically; makes the stage's own folder where it is not there.

        Of several tables, one after the other, few are in memory at a time.
        """
        path = self._part(kind, index)
        temporary = path.with_suffix(".tmp")
        try:
            files.make_folder(self.path)
            write_table(temporary, [table] if isinstance(table, pa.Table) else table)
            checksums.record(self.path, path.name, checksums.file_checksum(temporary))
            files.rename_durably(temporary, path)
        except OSError as error:
            temporary.unlink(missing_ok=True)  # it may be what filled the disk
            raise place_fault(path, error) from error

    def read(self, kind: str = "part", columns: Sequence[str] | None = None) -> pa.Table:
        """All parts of a kind as one table, in order, or some of its columns.

        Raises UserError when there is none, or one is damaged.
        """
        return pa.concat_tables([read_table(self.path, path, columns) for path in self._parts(kind)])

    def count(self, kind: str = "part") -> int:
        """How many rows all parts of a kind have, without their tables. Raises UserError at one that is damaged."""
        return self.rows(kind)

    def tables(self, kind: str = "part") -> Iterator[pa.Table]:
        """The parts of a kind one by one, in order. Raises UserError at one that is damaged."""
        for path in in_order(self.path.glob(f"{kind}-*.parquet")):
            yield read_table(self.path, path)

    def batches(self, rows: int, kind: str = "part") -> Iterator[pa.Table]:
        """All rows of a kind in tables of `rows` each, the last one shorter, whatever parts they stand in.

        Memory follows `rows` and the size of the largest file. Raises UserError as `read` does.
        """
        return resliced((table for path in self._parts(kind) for table in read_batches(self.path, path, rows)), rows)

    def read_part(self, kind: str, index: int) -> pa.Table:
        """One part of a kind. Raises UserError when it is damaged."""
        return read_table(self.path, self._part(kind, index))

    def remove_part(self, kind: str, index: int) -> None:
        """Removes one part, so that an unfinished stage makes it again."""
        self._part(kind, index).unlink(missing_ok=True)

    def rows(self, kind: str = "part") -> int:
        """Rows of all parts of a kind, none where there is none. Raises UserError at one that is damaged."""
        rows = 0
        for path in self.path.glob(f"{kind}-*.parquet"):
            checksums.check_file(self.path, path)
            try:
                rows += pq.read_metadata(path).num_rows
            except (pa.ArrowException, OSError) as error:  # a stage of before there were checksums
                raise checksums.DamagedError(path, str(error).splitlines()[0]) from error
        return rows

    def checked(self, path: Path) -> bytes:
        """The content of one of its files. Raises UserError when it is missing, or another than was written."""
        return checksums.read_file(self.path, path)

    def check(self) -> None:
        """Raises UserError when any of its files is damaged. Files that this process has read are not read again."""
        if error := checksums.find_damage(self.path):
            raise error

    def finish(self, manifest: Mapping[str, object]) -> None:
        """Writes the manifest, when everything else is on the disk: from here on the stage is whole."""
        path = self.path / "manifest.json"
        try:
            files.keep_tree(self.path)
        except OSError as error:
            raise place_fault(self.path, error) from error
        manifest = checksums.sealed(manifest, self.path)
        files.write_atomically(path, json.dumps(manifest, indent=2, ensure_ascii=False, sort_keys=True) + "\n")
        (self.path / checksums.CHECKSUMS_FILE).unlink(missing_ok=True)

    def _parts(self, kind: str) -> list[Path]:
        paths = in_order(self.path.glob(f"{kind}-*.parquet"))
        if not paths:
            raise UserError(f"{self.path} holds no {kind} tables: remove that folder and run again.")
        return paths

    def _part(self, kind: str, index: int) -> Path:
        return self.path / f"{kind}-{index:05d}.parquet"


class StageHome(Protocol):
    """Elsewhere, where stages come from that are not here, and go when they are whole."""

    def bring(self, stage: Stage) -> bool:
        """Whether the stage was there, and is here now."""

    def send(self, stage: Stage) -> None:
        """Sends a stage that was made here."""

    def bring_run(self, store: "Store", runs: Path, name: str) -> None:
        """Brings a run that is not here, with its stages, where it is there."""

    def send_run(self, store: "Store", run: Path) -> None:
        """Sends a run, and whatever stage of it could not be sent when it was made."""


class Store:
    """The folder that all runs share. `wait`: a stage that another process is making is waited for, and no error.

    `home`: where its stages are at home, if that is elsewhere (`remote/home.py`).
    """

    def __init__(self, root: Path, *, wait: bool = False, home: "StageHome | None" = None) -> None:
        self.root, self.home, self._wait = root, home, wait

    @property
    def of_format_1(self) -> bool:
        """True when secondhalf 0.1 made its stages, and nothing later wrote to it. Raises UserError for a later format."""
        return read_format(self.root) is None and bool(self.stages())

    def mark(self) -> None:
        """Marks the folder as a store, see `format.mark`."""
        mark(self.root)

    def stage(self, name: str, key: str) -> Stage:
        """A stage's folder, whether it exists or not."""
        return Stage(self.root / name / key)

    def make(
        self,
        name: str,
        version: tuple[int, ...],
        settings: Mapping[str, object],
        inputs: Mapping[str, str],
        work: Callable[[Stage], Mapping[str, object]],
    ) -> Stage:
        """The whole stage of these settings and inputs: as it stands in the store, or made by `work` now.

        `work` gets the folder, may find parts of an earlier attempt in it, and returns what the manifest shall tell.
        """
        return self.make_together(name, version, settings, [inputs], lambda stages: [work(stages[0])])[0]

    def make_together(
        self,
        name: str,
        version: tuple[int, ...],
        settings: Mapping[str, object],
        inputs: Sequence[Mapping[str, str]],
        work: Callable[[dict[int, Stage]], Sequence[Mapping[str, object]]],
        begun: Callable[[Sequence[Stage]], None] = _nothing,
        made: Callable[[Sequence[Stage]], None] = _nothing,
    ) -> list[Stage]:
        """As `make`, for several stages that differ in their inputs.

        `work` gets those that are missing, all at once, each with its place in `inputs` (the first of equal ones). `begun`
        gets all of them before any is looked for, and `made` when all are whole and their locks still held: what names
        them there as used keeps them from being pruned.
        """
        stages = [self.stage(name, stage_key(version, settings, each)) for each in inputs]
        self.mark()
        with self.not_pruned():
            begun(stages)
            index_by_key: dict[str, int] = {}
            for index, stage in enumerate(stages):
                if not stage.whole or checksums.find_damage(stage.path):
                    index_by_key.setdefault(stage.key, index)
            for index in index_by_key.values():
                try:
                    files.make_folder(stages[index].path)
                except OSError as error:
                    raise place_fault(stages[index].path, error) from error
        with ExitStack() as locks:
            # In one order everywhere, so that two processes that wait never wait for each other.
            for stage in (stages[index_by_key[key]] for key in sorted(index_by_key)):
                busy = f"Another process is making {name}/{stage.key}: wait for it, then run this again."
                locks.enter_context(locked(stage.path / ".lock", busy, wait=self._wait, content=lock_content(stage)))
            for index in index_by_key.values():
                set_aside_damaged_stage(stages[index].path)
            # Others may have been made by another process meanwhile, or elsewhere.
            missing = {index: stages[index] for index in index_by_key.values() if not self._is_there(stages[index])}
            if missing:
                start = time.monotonic()
                manifests = work(missing)
                seconds = round((time.monotonic() - start) / len(missing), 2)
                for (index, stage), counts in zip(missing.items(), manifests, strict=True):
                    stage.finish(
                        {
                            "stage": name,
                            "key": stage.key,
                            "version": version,
                            "settings": dict(settings),
                            "inputs": dict(inputs[index]),
                        }
                        | dict(counts)
                        | {"seconds": seconds, **current_environment()}
                    )
                    if self.home:
                        self.home.send(stage)
            made(stages)
        return stages

    def _is_there(self, stage: Stage) -> bool:
        return stage.whole or (self.home is not None and self.home.bring(stage))

    @contextmanager
    def not_pruned(self) -> Iterator[None]:
        """No stage leaves the store meanwhile: `prune` waits."""
        with locked(self.root / ".lock", "", wait=True, shared=True):
            yield

    def stages(self) -> list[Stage]:
        """Every stage folder there is: those of this store's own making, never a link, never anything else."""
        return [Stage(path) for path in sorted(self.root.glob("*/*")) if _is_stage(path)]


def _is_stage(path: Path) -> bool:
    """Whether a folder is one that `Store.make` makes: STAGE/KEY, with its lock or its manifest, and no link on the way."""
    if path.is_symlink() or path.parent.is_symlink() or not re.fullmatch(r"[0-9a-f]{16}", path.name):
        return False
    return (path / ".lock").is_file() or (path / "manifest.json").is_file()


def lock_content(stage: Stage) -> str:
    """What a stage's lock says, so that its folder is known as a store's before it is whole."""
    return f"{MADE_BY} {stage.name}/{stage.key}\n"


@contextmanager
def locked(path: Path, busy: str, *, wait: bool = False, shared: bool = False, content: str = "") -> Iterator[None]:
    """Holds a file lock that the system frees when the process ends, however it ends.

    Where another process has it: waits for it, and says so unless `busy` is empty; or raises UserError(busy). `shared`: others
    that want it shared may have it too. `content` is written into the file when it is empty.
    """
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        handle = files.open_file(path)
    except OSError as error:
        raise place_fault(path, error) from error
    try:
        try:
            fcntl.flock(handle, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if not wait:
                raise UserError(busy) from error
            if busy:
                _LOG.info("waiting for another process to be done with %s", path.parent)
            fcntl.flock(handle, kind)
        if content and not os.fstat(handle).st_size:
            os.write(handle, content.encode())
        yield
    finally:
        os.close(handle)
