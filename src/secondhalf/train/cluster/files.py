"""Files between the stage of a run and its workers, a piece at a time: tokens and checkpoints there, what is written back.

What comes back is written under another name first, as everything in the store: a process killed anywhere leaves whole files.
"""

import os
import shutil
from pathlib import Path, PurePosixPath

from secondhalf.store import Stage
from secondhalf.store.checksums import CHECKSUMS_FILE
from secondhalf.store.cluster.sent import pieces_of
from secondhalf.store.faults import place_fault
from secondhalf.store.files import keep_tree, make_folder, rename_durably
from secondhalf.train.cluster.group import WorkerGroup

_PIECE = 32 << 20  # bytes
_SECONDS = 600.0  # for one piece
_SENT = ("checksums.txt", "rejects-*.parquet", "tokens/part-*.arrow", "checkpoints/*.*", "checkpoints/step-*/*")


def send_stage(stage: Stage, group: WorkerGroup) -> None:
    """The token files, the rejects and the checkpoints, to every worker."""
    import ray

    for path in sorted({path for pattern in _SENT for path in stage.path.glob(pattern)}):
        if not path.is_file() or path.suffix == ".tmp":
            continue
        name = path.relative_to(stage.path).as_posix()
        for offset, piece in pieces_of(path):
            group.ask("receive", name, offset, ray.put(piece), seconds=_SECONDS)


def fetch_checkpoint(stage: Stage, group: WorkerGroup, step: int) -> None:
    """The checkpoint of a step as the main worker has it, the best weights so far, and no older ones than it keeps."""
    folder, newest = stage.path / "checkpoints", f"step-{step:06d}"
    listed = [(PurePosixPath(name), size) for name, size in group.ask_main("written", seconds=_SECONDS)]
    files = [(name, size) for name, size in listed if name.parts[0] == "checkpoints"]
    make_folder(folder)
    temporary = folder / f"tmp-{step:06d}"
    shutil.rmtree(temporary, ignore_errors=True)
    # The checksums first: of a file that has its name there is always the line.
    for name, size in sorted(files, key=lambda file: (file[0].name != CHECKSUMS_FILE, file[0])):
        if len(name.parts) == 2 and (name.name == CHECKSUMS_FILE or not (folder / name.name).is_file()):
            _fetch(group, str(name), size, folder / name.name)
        elif name.parts[1] == newest:
            _fetch(group, str(name), size, temporary / name.name)
    keep_tree(temporary)
    shutil.rmtree(folder / newest, ignore_errors=True)
    os.rename(temporary, folder / newest)
    kept = {name.parts[1] for name, _ in files}
    for path in list(folder.iterdir()):
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def fetch_results(stage: Stage, group: WorkerGroup) -> None:
    """What the main worker wrote: adapter/ or model/, and the log."""
    for name, size in group.ask_main("written", seconds=_SECONDS):
        _fetch(group, name, size, stage.path / name)


def _fetch(group: WorkerGroup, name: str, size: int, path: Path) -> None:
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        make_folder(path.parent)
        with temporary.open("wb") as file:
            for offset in range(0, size, _PIECE):
                file.write(group.ask_main("read", name, offset, _PIECE, seconds=_SECONDS))
        rename_durably(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise place_fault(path, error) from error
