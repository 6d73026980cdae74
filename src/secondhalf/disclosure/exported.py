"""The files of an export, as its export.json names them and as they are."""

import json
from pathlib import Path

from secondhalf.analysis.training_data import HashedFile
from secondhalf.errors import UserError
from secondhalf.models.reference import file_hash


def exported_files(folder: Path, run: str, arm: str, seed: int) -> list[HashedFile]:
    """The files of an export of this arm, each with the hash that it has.

    Raises UserError for a folder that is no export, one of another arm, and a file that is missing or was changed since.
    """
    path = folder / "export.json"
    try:
        record = json.loads(path.read_text("utf-8"))
        made_of = (str(record["run"]), str(record["arm"]), int(record["seed"]))
        hashes = {str(name): str(value) for name, value in record["files"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{folder} is no export of secondhalf ({path.name} cannot be read: {error}).") from error
    if made_of != (run, arm, seed):
        of = f"the run {made_of[0]}, arm {made_of[1]}, seed {made_of[2]}"
        raise UserError(f"{folder} is an export of {of}, not of {run}, {arm}, {seed}: name that run, --arm and --seed.")
    files = []
    for name, expected in sorted(hashes.items()):
        file = folder / name
        if not file.resolve().is_relative_to(folder.resolve()) or not file.is_file():
            raise UserError(f"{folder}: {name} of its export.json is not there: export the arm again.")
        if file_hash(file) != expected:
            raise UserError(f"{file} was changed since it was exported: export the arm again.")
        files.append(HashedFile(name, file.stat().st_size, expected))
    return files
