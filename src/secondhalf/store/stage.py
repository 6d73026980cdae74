"""One folder of the store: its tables part by part, and the manifest that makes it whole.

Tables hold no times and files are written under another name first, so a process killed anywhere leaves whole files only.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from glob import escape
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.errors import UserError
from secondhalf.rows import digest
from secondhalf.store import checksums, files
from secondhalf.store.faults import place_fault
from secondhalf.store.format import MADE_BY
from secondhalf.store.parts import in_order
from secondhalf.store.tables import read_batches, read_table, resliced, write_table


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

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self.name, self.key = self.path.parent.name, self.path.name

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
        for path in in_order(self.path.glob(f"{escape(kind)}-*.parquet")):
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
        for path in self.path.glob(f"{escape(kind)}-*.parquet"):
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
        paths = in_order(self.path.glob(f"{escape(kind)}-*.parquet"))
        if not paths:
            written = checksums.expected_checksums(self.path)
            kinds = sorted({name.rpartition("-")[0] for name in written or () if name.endswith(".parquet")})
            if written is not None and kind not in kinds:  # it never had any: nothing is wrong with it
                raise UserError(f"{self.name}/{self.key} has no tables {kind}; it has {', '.join(kinds) or 'none'}.")
            raise UserError(f"{self.path} holds no {kind} tables: remove that folder and run again.")
        return paths

    def _part(self, kind: str, index: int) -> Path:
        return self.path / f"{kind}-{index:05d}.parquet"


def is_stage_folder(path: Path) -> bool:
    """Whether a folder is one that `Store.make` makes: STAGE/KEY, with its lock or its manifest, and no link on the way."""
    if path.is_symlink() or path.parent.is_symlink() or not re.fullmatch(r"[0-9a-f]{16}", path.name):
        return False
    return (path / ".lock").is_file() or (path / "manifest.json").is_file()


def lock_content(stage: Stage) -> str:
    """What a stage's lock says, so that its folder is known as a store's before it is whole."""
    return f"{MADE_BY} {stage.name}/{stage.key}\n"
