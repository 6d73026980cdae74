"""An exported model's folder: that it is the run's, and which files of it a certificate covers."""

import json
from pathlib import Path
from typing import Any

from secondhalf.certify.files import hash_folder
from secondhalf.certify.predicate import ExportedModel
from secondhalf.errors import UserError
from secondhalf.models.reference import file_hash
from secondhalf.runs import Run

CERTIFICATE, MODEL_SIGNATURE = "certificate.json", "model.sig"
"""What is written into an exported model's folder."""
ADAPTER = "adapter/adapter_model.safetensors"
"""An adapter's weights, in an export's folder and in that of the stage that trained it: the same file."""
GIT = (".git", ".gitattributes", ".github", ".gitignore")
"""What OpenSSF's model_signing passes over in a model's folder, so that it may be kept in a repository."""
BESIDE = frozenset({CERTIFICATE, MODEL_SIGNATURE, *GIT})
_CARD = "README.md"


def exported_model(run: Run, folder: Path) -> tuple[ExportedModel, dict[str, str]]:
    """The model that `secondhalf export` wrote into a folder, and the SHA-256 of its files by path.

    Raises UserError for a folder that is no export, one of another run, and one that is no longer as it was exported (its cards
    apart, which people edit).
    """
    record, hashes = read_record(folder), hash_folder(folder, BESIDE)
    expected = {name: value for name, value in record["files"].items() if Path(name).name != _CARD}
    expected["export.json"] = hashes["export.json"]
    for name in sorted(expected.keys() | hashes.keys()):
        if Path(name).name != _CARD and hashes.get(name) != expected.get(name):
            what = (
                "is not there" if name not in hashes else "is no part of it" if name not in expected else "is another"
            )
            raise _otherwise(folder, name, what)
    stages = {label: stage for label, stage in run.stages().items() if f"{stage.name}/{stage.key}" == record["stage"]}
    if record["run"] != run.recipe.name or not stages:
        raise UserError(
            f"{folder} was exported from another run ({record['run']}): name an export of {run.recipe.name}."
        )
    trained = {(label.arm, label.seed) for label in stages if label.arm}
    if trained and (record["arm"], record["seed"]) not in trained:
        raise _otherwise(folder, "export.json")
    own = next(iter(stages.values())).path / ADAPTER
    if ADAPTER in hashes and own.exists() and file_hash(own) != hashes[ADAPTER]:
        raise _otherwise(folder, ADAPTER)
    return ExportedModel(arm=record["arm"], seed=record["seed"], stage=record["stage"]), hashes


def _otherwise(folder: Path, name: str, what: str = "is another") -> UserError:
    return UserError(f"{folder} is not as it was exported ({name} {what}): export it again.")


def read_record(folder: Path) -> dict[str, Any]:
    """What `export` wrote of itself into its folder. Raises UserError where it is missing or damaged."""
    path = folder / "export.json"
    try:
        record = json.loads(path.read_text("utf-8"))
        if not all(type(record[name]) is kind for name, kind in _RECORD.items()) or not 0 <= record["seed"] < 2**32:
            raise TypeError("a field of another kind")
        return dict(record)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror}): name the folder that an export wrote.") from error
    except KeyError as error:
        raise UserError(f"{path} has no {error.args[0]}: an earlier secondhalf wrote it; export again.") from error
    except (ValueError, TypeError, RecursionError) as error:
        raise UserError(f"{path} is damaged ({error}): export again.") from error


_RECORD = {"run": str, "arm": str, "seed": int, "stage": str, "files": dict}
