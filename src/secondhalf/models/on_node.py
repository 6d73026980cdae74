"""A model as a node of a cluster has it, and what decides what the node computes with it."""

from importlib.metadata import PackageNotFoundError, version

from secondhalf.errors import UserError
from secondhalf.models.reference import Model, file_hash, folder_hash, resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.store.cluster.node import code

_DECIDING = ("torch", "peft", "accelerate", "safetensors")


def model_code() -> dict[str, str]:
    """What decides adapters and answers besides data and settings; a build of torch for another processor is no other torch."""
    versions = code()
    for name in _DECIDING:
        try:
            versions = {**versions, name: version(name).partition("+")[0]}
        except PackageNotFoundError:
            versions = {**versions, name: "none"}
    return versions


def by_its_files(model: Model) -> Model:
    """The model with the hash of its files: one that a run trained is known by its stage, but nodes compare files."""
    path = model.path
    return Model(model.reference, path, file_hash(path) if path.is_file() else folder_hash(path))


def model_here(model: Model) -> Model:
    """The model as this node has it: where the process of the run has it, or where its package or its hub's cache is here.

    `model`: by its files. Raises UserError where it is missing, or another one.
    """
    path = model.path
    if not path.exists() and model.reference.startswith(("package:", "hf:")):
        path = resolve(model.reference).path
    if not path.exists():
        raise UserError(
            f"there is no model at {path}: put it there under the same path on every node, or on a file system that all share."
        )
    have = by_its_files(Model(model.reference, path, "")).identity
    if have != model.identity:
        raise UserError(
            f"{path} is another model than on the machine of the run (SHA-256 {have[:12]} instead of {model.identity[:12]}): "
            "copy it from there."
        )
    return Model(model.reference, student_folder(path, model.identity), model.identity)
