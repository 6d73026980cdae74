"""Files on their way to nodes, a piece at a time: each piece goes once into Ray's store of objects, from which nodes take it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from secondhalf.store.faults import place_fault

_PIECE = 32 << 20  # bytes


class SentFolder(NamedTuple):
    """A folder of this machine's. `files`: the name of each and the references of its pieces."""

    name: str
    files: list[tuple[str, list[Any]]]


def pieces_of(path: Path) -> Iterator[tuple[int, bytes]]:
    """A file's pieces with their offsets; of an empty file an empty one."""
    offset = 0
    with path.open("rb") as file:
        while (piece := file.read(_PIECE)) or not offset:
            yield offset, piece
            offset += len(piece)
            if not piece:
                break


def write_piece(path: Path, offset: int, data: bytes) -> None:
    """Writes a piece on a node. Raises UserError where there is no space for it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if offset else "wb") as file:
            file.write(data)
    except OSError as error:
        raise place_fault(path, error, "set TMPDIR there to a larger disk") from error


def send_folder(folder: Path, name: str) -> SentFolder:
    """Sends a folder's files, under a name that no other folder has."""
    import ray

    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix != ".tmp")
    return SentFolder(
        name,
        [(path.relative_to(folder).as_posix(), [ray.put(piece) for _, piece in pieces_of(path)]) for path in paths],
    )


def bring_folder(sent: SentFolder, root: Path) -> Path:
    """On a node: the folder below `root`, fetched where it is not there yet."""
    import ray

    folder = root / sent.name
    if not folder.is_dir():
        temporary = folder.with_name(f"{sent.name}.tmp")
        shutil.rmtree(temporary, ignore_errors=True)
        temporary.mkdir(parents=True)
        for name, pieces in sent.files:
            for offset, piece in enumerate(pieces):
                write_piece(temporary / name, offset, ray.get(piece))
        temporary.rename(folder)
    return folder
