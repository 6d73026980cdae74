"""Small text files whose checksums stand beside them: what a run's folder holds."""

from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.checksums import checksum, is_damaged, record, recorded, to_read
from secondhalf.store.files import make_folder, write_atomically


def write_recorded(path: Path, text: str) -> None:
    """Writes a file whole or not at all, and its checksum into its folder's checksums.txt before. Raises UserError."""
    value = checksum(text.encode("utf-8"))
    make_folder(path.parent)
    if value not in recorded(path.parent).get(path.name, ()):
        record(path.parent, path.name, value)
    write_atomically(path, text)


def read_recorded(path: Path, mend: str) -> str:
    """The text of a file. Raises UserError, which ends in `mend`, when it is not as it was written, or gone."""
    if not path.is_file() and path.name in recorded(path.parent):
        raise UserError(f"{path} is missing: {mend}")
    if is_damaged(path):
        raise UserError(f"{path} is not as it was written (damaged, or changed by hand): {mend}")
    try:
        return to_read(path).read_text("utf-8")
    except UnicodeDecodeError as error:  # one whose checksum is not there to tell
        raise UserError(f"{path} is damaged (it is no UTF-8 at byte {error.start}): {mend}") from error
