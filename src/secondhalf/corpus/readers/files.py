"""Which files a path means: one file, a folder, or a glob; never outside what was named, never twice."""

import glob
from pathlib import Path

from secondhalf.errors import UserError


def files(path: str, suffixes: tuple[str, ...]) -> list[Path]:
    """The files, sorted. Raises UserError when there is none."""
    if not path:
        raise UserError("corpus.path is empty: name a file, a folder or a glob.")
    place = Path(path).expanduser()
    if place.is_file():
        return [place]
    found = place.rglob("*") if place.is_dir() else (Path(name) for name in glob.glob(str(place), recursive=True))
    kept = sorted({file for file in found if file.is_file() and file.name.lower().endswith(suffixes)})
    if not kept:
        raise UserError(f"corpus.path: {path} holds no {', '.join(suffixes)} file: correct the path or the reader.")
    return kept
