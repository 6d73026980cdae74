"""Whether what was loaded is what lies in the files: a weight that is missing is a random one, silently.

transformers and PEFT fill what a file lacks with random numbers and pass over what a file has too much; both are errors here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf.errors import UserError
from secondhalf.models.folder import weight_shapes

if TYPE_CHECKING:
    from transformers import PretrainedConfig, PreTrainedModel

# Buffers that old files hold and that follow from the configuration.
_COMPUTED = re.compile(r"(rotary_emb\.inv_freq|\.attn\.(masked_)?bias|position_ids)$")
_TIED, _PACKED = 2, 16  # an embedding that is counted twice; four bits to a weight, and scales beside them
ADAPTER_FILE = "adapter_model.safetensors"


def count_weights(folder: Path) -> int:
    """How many numbers a folder's safetensors hold. Raises UserError for a file that is not whole."""
    return sum(prod(shape) for path in folder.glob("*.safetensors") for shape in weight_shapes(path).values())


def check_size(config: PretrainedConfig, stored: int, source: Path) -> None:
    """Raises UserError where the model of a configuration is far larger than the `stored` weights. Takes no memory for it."""
    import torch
    from transformers import AutoModelForCausalLM

    with torch.device("meta"):  # there tensors have shapes and no memory
        model = AutoModelForCausalLM.from_config(config, trust_remote_code=False)
    parameters = sum(weight.numel() for weight in model.parameters())
    packed = getattr(config, "quantization_config", None) is not None
    if parameters > stored * (_PACKED if packed else _TIED):
        raise UserError(
            f"{source}: the configuration is that of a model of {parameters:,} weights, and the files hold {stored:,}: it is "
            "another model's; fetch the right one."
        )


def check_loading_info(info: Mapping[str, Any], source: Path) -> None:
    """Raises UserError for weights that were missing, too many or of another shape; `info` is transformers' loading info."""
    mismatched = {str(entry[0] if isinstance(entry, tuple) else entry) for entry in info.get("mismatched_keys", ())}
    faults = [
        _fault("are missing, and would be random", set(info.get("missing_keys", ())) - mismatched),
        _fault("have no place in the model", _not_computed(info.get("unexpected_keys", ()))),
        _fault("have another shape", mismatched),
        *(str(message).splitlines()[0] for message in info.get("error_msgs", ()) if message),
    ]
    if reasons := [fault for fault in faults if fault]:
        raise UserError(
            f"{source}: the weights are not those of its configuration: {'; '.join(reasons)}: fetch weights and "
            "config.json of the same model."
        )


def check_adapter(model: PreTrainedModel, adapter: Path, name: str = "default") -> None:
    """Raises UserError where the weights of an adapter's file are not those that its place in `model` has, name by name."""
    from peft.utils import get_peft_model_state_dict

    places = get_peft_model_state_dict(model, adapter_name=name, save_embedding_layers=False)
    expected = {key: list(weight.shape) for key, weight in places.items()}
    stored = weight_shapes(adapter / ADAPTER_FILE)
    _check_adapter_names(expected, stored, adapter)


def _check_adapter_names(expected: Mapping[str, list[int]], stored: Mapping[str, list[int]], adapter: Path) -> None:
    faults = [
        _fault("are missing, and would be as if untrained", expected.keys() - stored.keys()),
        _fault("have no place in the student", stored.keys() - expected.keys()),
        _fault("have another shape", {key for key in stored.keys() & expected.keys() if stored[key] != expected[key]}),
    ]
    if reasons := [fault for fault in faults if fault]:
        raise adapter_misfit(adapter, "; ".join(reasons))


def adapter_misfit(adapter: Path, reason: str) -> UserError:
    """The error for an adapter that does not fit the student it is put on."""
    return UserError(
        f"{adapter} does not fit this student: {reason}: train it on this student, or name the one it is of."
    )


def check_adapter_files(adapter: Path) -> None:
    """Raises UserError where an adapter's folder has no safetensors: PEFT would look for a pickle, and then on a hub."""
    for name in (ADAPTER_FILE, "adapter_config.json"):
        if not (adapter / name).is_file():
            raise UserError(f"{adapter} holds no {name}: pickled adapters are not read; train the arm again.")


def _not_computed(names: Collection[str]) -> set[str]:
    return {name for name in names if not _COMPUTED.search(name)}


def _fault(what: str, names: Collection[str]) -> str:
    return f"{len(names)} weights {what} ({sorted(names)[0]}{' and others' if len(names) > 1 else ''})" if names else ""
