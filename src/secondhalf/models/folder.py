"""What a model's folder may hold, before anything in it is loaded or built.

A hash of the folder's files stands for all that is loaded, so nothing may lead out of it: no index that names files
elsewhere, no link, no other repository that is loaded in its place, no kernel that is fetched from a hub. And what its
configuration says must fit into its files: a million layers would be built, and filled with random numbers, without an error.
"""

import json
import os
import re
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError

HUB_KERNELS = "SECONDHALF_HUB_KERNELS"
"""The environment variable that allows kernels from a hub, where it is 1."""
MODEL_FILES = {".safetensors", ".json", ".jinja", ".txt", ".model", ".tiktoken", ".bpe", ".vocab", ".spm"}
_LAYERS = re.compile(r"(num_|n_)?(\w+_)?(layers?|blocks)")
_LONGEST_HEADER = 100_000_000  # bytes; safetensors' own limit
# What a configuration counts that is no size of a weight: places, ids, clock rates.
_NO_SIZE = re.compile(
    r"position|length|_id|_ids|window|theta|chunk|token|seed|period|max_|context|sampling|rate|version"
)


def model_files(folder: Path) -> list[Path]:
    """The files that a model is loaded from, in order; templates beside the first one included.

    Raises UserError where the folder has no weights that can be read, or a file of it lies elsewhere.
    """
    paths = [path for path in sorted(folder.iterdir()) if path.suffix in MODEL_FILES]
    paths += sorted(folder.glob("additional_chat_templates/*.jinja"))
    if not any(path.suffix == ".safetensors" for path in paths):
        raise UserError(f"{folder} holds no .safetensors file: pickled weights are not read; convert them first.")
    homes = [folder.resolve()]
    if folder.parent.name == "snapshots":  # a hub's cache: every file is a link to its content
        homes.append((folder.parent.parent / "blobs").resolve())
    for path in paths:
        if not any(path.resolve().is_relative_to(home) for home in homes):
            raise UserError(f"{path} is a link that leads out of its folder: copy the file there.")
    return paths


def check_folder(folder: Path) -> None:
    """Raises UserError, with the file and the mend, for a folder that would load something else than what lies in it."""
    paths = model_files(folder)
    if (folder / "adapter_config.json").is_file():
        raise UserError(
            f"{folder} is an adapter's folder (adapter_config.json), and another model would be loaded under it: "
            "merge the adapter first, or move that file away."
        )
    for path in paths:
        if path.name.endswith(".index.json"):
            _check_index(path)
    config, tokenizer = (read_json(folder / name) for name in ("config.json", "tokenizer_config.json"))
    if config.get("transformers_weights") is not None:
        raise UserError(f"{folder / 'config.json'}: transformers_weights names other weights: remove it.")
    for name, value in _settings(config):
        _check_kernel(folder, name, value)
    for name, value in tokenizer.items():
        for other in value if isinstance(value, list) else [value]:
            if name.endswith(("_file", "_files")) and isinstance(other, str) and _leads_out(folder, other):
                raise UserError(
                    f"{folder / 'tokenizer_config.json'}: {name} names a file outside the folder: remove it."
                )
    _check_sizes(folder, config, [path for path in paths if path.suffix == ".safetensors"])


def read_json(path: Path) -> dict[str, Any]:
    """A model's JSON file; {} where there is none. Raises UserError where it is no JSON object."""
    try:
        value = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        if not isinstance(value, dict):
            raise ValueError("it is no JSON object")
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path} cannot be read ({str(error).splitlines()[0]}): fetch the model again.") from error
    return value


def weight_shapes(path: Path) -> dict[str, list[int]]:
    """The shape of each tensor in a safetensors file, from its header. Raises UserError where it has none."""
    try:
        with path.open("rb") as file:
            size = int.from_bytes(file.read(8), "little")
            if size > min(_LONGEST_HEADER, path.stat().st_size):
                raise ValueError("its header is longer than the file")
            header = json.loads(file.read(size))
        return {name: entry["shape"] for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            f"{path} is no whole safetensors file ({str(error).splitlines()[0]}): fetch it again."
        ) from error


def _check_index(path: Path) -> None:
    files = read_json(path).get("weight_map")
    if not isinstance(files, dict) or not all(isinstance(name, str) for name in files.values()):
        raise UserError(f"{path}: weight_map must give a file for each weight: fetch the model again.")
    for name in sorted(set(files.values())):
        if Path(name).name != name or Path(name).suffix != ".safetensors":
            raise UserError(
                f"{path}: weight_map names {name!r}, which is no .safetensors file of this folder: correct it."
            )
        if not (path.parent / name).is_file():
            raise UserError(f"{path}: weight_map names {name}, which is not there: fetch it.")


def _check_kernel(folder: Path, name: str, value: object) -> None:
    if "attn_implementation" not in name and "experts_implementation" not in name:
        return
    for choice in value.values() if isinstance(value, dict) else [value]:
        if isinstance(choice, str) and "/" in choice and os.environ.get(HUB_KERNELS) != "1":
            raise UserError(
                f"{folder / 'config.json'}: {name} fetches the kernel {choice!r} from a hub and runs it: remove it, or set "
                f"{HUB_KERNELS}=1 if that is what you want."
            )


def _settings(config: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every field of a configuration and of those inside it."""
    for name, value in config.items():
        yield str(name), value
        if isinstance(value, dict):
            yield from _settings(value)


def _leads_out(folder: Path, name: str) -> bool:
    """Whether a name means a file that is there and lies elsewhere. Old folders name files of their makers' machines."""
    path = folder / name
    return path.is_file() and not path.resolve().is_relative_to(folder.resolve()) and Path(name).name != name


def _check_sizes(folder: Path, config: dict[str, Any], weights: list[Path]) -> None:
    """No more layers than there are tensors, and no size that is larger than all of them together."""
    shapes = [shape for path in weights for shape in weight_shapes(path).values()]
    # Packed weights stand eight in an integer.
    elements = 8 * sum(prod(shape) for shape in shapes)
    for name, value in _settings(config):
        if isinstance(value, bool) or not isinstance(value, int):
            continue
        if _LAYERS.fullmatch(name) and value > len(shapes):
            raise UserError(
                f"{folder / 'config.json'}: {name} is {value}, and the folder holds {len(shapes)} weights in all: "
                "the configuration is another model's; fetch the right one."
            )
        if value > elements and not _NO_SIZE.search(name):
            raise UserError(
                f"{folder / 'config.json'}: {name} is {value}, more than all weights of the folder hold: "
                "the configuration is another model's; fetch the right one."
            )
