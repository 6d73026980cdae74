"""The names that a URL gives: of stages, of files, of checksums. What lies there may be anybody's, and must lead nowhere else."""

import re
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.stage import Stage
from secondhalf.store.stages import Store

# A stage as this package names it: never a folder above, nor what a store keeps beside its stages.
_STAGE = re.compile(r"(?!(?:trash|damaged|used-by)/)([a-z][a-z_]*)/([0-9a-f]{16})")
_LONGEST_NAME = 250  # bytes: ".tmp" is put behind it
_CHECKSUM = re.compile(r"[0-9a-f]{32}")


def stage_named(store: Store, name: str, url: str) -> Stage:
    """STAGE/KEY. Raises UserError for any other name."""
    named = _STAGE.fullmatch(name)
    if not named:
        raise UserError(f"{url} names a stage {name[:80]!r}: it is no store of ours, and nothing of it is used.")
    return store.stage(named[1], named[2])


def files_named(checksums: object, folder: Path, url: str) -> dict[Path, str]:
    """The files of a folder by their places, each with its checksum. Raises UserError for what is no list of them."""
    paths = (
        {path_inside(folder, n, url): value for n, value in checksums.items()} if isinstance(checksums, dict) else {}
    )
    # A file that is also the folder of another cannot be written here.
    folders = {above for path in paths for above in path.parents}
    if not paths or folders & paths.keys() or not all(_CHECKSUM.fullmatch(str(value)) for value in paths.values()):
        raise UserError(
            f"{url} lists files without their checksums: it is no store of ours, and nothing of it is used."
        )
    return paths


def path_inside(folder: Path, name: str, url: str) -> Path:
    """A file of a folder. Raises UserError for a name that leads out of it."""
    path = folder / name
    # Names that cannot be printed, or are longer than file systems take, are nobody's of ours.
    parts = Path(name).parts
    strange = not name.isprintable() or any(part == ".." or len(part.encode()) > _LONGEST_NAME for part in parts)
    if strange or not path.resolve().is_relative_to(folder.resolve()) or path.resolve() == folder.resolve():
        raise UserError(
            f"{url} names a file outside its folder ({name[:200]!r}): it is no store of ours, and nothing of it is used."
        )
    return path
