"""An adapter of one student on another: a base model's on its instruct sibling (paper, section 4, "lora-base").

The arithmetic of an adapter holds for the weights that it was trained beside. So before it is carried over, the two
students are compared: the same architecture, a tensor of the right shape for every one of the adapter's, the same tokens,
and weights that are related at all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf.arms.scale import training_counts
from secondhalf.errors import UserError
from secondhalf.models.chat.plain_text import control_ids
from secondhalf.models.reference import Model
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.store import Stage

if TYPE_CHECKING:
    import torch

TRANSFER_VERSION = (1,)
# Siblings' weights point the same way: fine-tuning moves them little. Two trainings from scratch share nothing (about 0).
RELATED = 0.5
_WEIGHTS_COMPARED = 8


def transfer_adapter(
    source: Stage, base: Path, sibling: Path, student: Model, stage: Stage, names: tuple[str, str]
) -> dict[str, Any]:
    """Writes adapter/ for the sibling and an empty log; returns the source's counts and `kinship`, the weights' cosine.

    `base` and `sibling` are the students' folders, `names` the arm's and the source's. Raises UserError naming all
    reasons why the adapter does not fit.
    """
    adapter = source.path / "adapter"
    if not (adapter / "adapter_config.json").is_file():
        raise UserError(
            f"arms.{names[0]}.adapter_from: {names[1]} is no adapter but a whole model: train it with LoRA."
        )
    misfits, kinship = find_misfits(adapter, base, sibling)
    if misfits:
        raise UserError(
            f"arms.{names[0]}: the adapter of {names[1]} does not fit {student.reference}: {'; '.join(misfits)}. "
            "Name the instruct model that was made of the source arm's student."
        )
    shutil.rmtree(stage.path / "adapter", ignore_errors=True)
    shutil.copytree(adapter, stage.path / "adapter")
    path = stage.path / "adapter" / "adapter_config.json"
    config = json.loads(path.read_text("utf-8"))
    config["base_model_name_or_path"] = student.reference
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (stage.path / "log.jsonl").write_text("", "utf-8")  # nothing was trained
    return training_counts(source) | {"adapter_from": source.key, "kinship": kinship}


def find_misfits(adapter: Path, base: Path, sibling: Path) -> tuple[list[str], float]:
    """Why an adapter trained on `base` does not fit `sibling`, a reason each, and the cosine of their weights, -1 to 1.

    The cosine is 0 where something else does not fit.
    """
    base_config, sibling_config = (
        json.loads((folder / "config.json").read_text("utf-8")) for folder in (base, sibling)
    )
    if base_config.get("architectures") != sibling_config.get("architectures"):
        return [f"the architecture is {_architecture(sibling_config)}, not {_architecture(base_config)}"], 0.0
    misfits = _shape_misfits(adapter, sibling) + _token_misfits(base, sibling)
    if misfits:
        return misfits, 0.0
    cosine = _mean_cosine(adapter, base, sibling)
    if cosine < RELATED:
        return [f"their weights are not related (cosine {cosine:.2f}), so they are no siblings"], cosine
    return [], cosine


def _architecture(config: Mapping[str, Any]) -> str:
    return ", ".join(config.get("architectures") or [str(config.get("model_type"))])


def _shape_misfits(adapter: Path, sibling: Path) -> list[str]:
    """The first tensor of the adapter that the sibling would have in another shape, and how many there are."""
    import torch
    from safetensors import safe_open

    # On "meta" tensors have shapes and no memory.
    with quiet_transformers(), torch.device("meta"):
        from peft import PeftConfig, get_peft_model
        from peft.utils import get_peft_model_state_dict
        from transformers import AutoConfig, AutoModelForCausalLM

        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(sibling, trust_remote_code=False))
        try:
            adapted = get_peft_model(model, PeftConfig.from_pretrained(str(adapter)))
        except ValueError as error:  # a target that the sibling does not have
            return [str(error).splitlines()[0]]
        possible = {name: tuple(tensor.shape) for name, tensor in get_peft_model_state_dict(adapted).items()}
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    wrong = [name for name in sorted(shapes.keys() | possible.keys()) if shapes.get(name) != possible.get(name)]
    if not wrong:
        return []
    first = wrong[0]
    own, other = _shape(shapes.get(first)), _shape(possible.get(first))
    return [f"{len(wrong)} of {len(shapes)} tensors have another shape there (first {first}: {own} against {other})"]


def _shape(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else " x ".join(map(str, shape))


def _token_misfits(base: Path, sibling: Path) -> list[str]:
    """Tokens of text that the sibling lacks or has under another id. Control tokens may differ: a sibling names its turns."""
    base_tokenizer, sibling_tokenizer = load_tokenizer(base), load_tokenizer(sibling)
    control, vocabulary = control_ids(base_tokenizer), sibling_tokenizer.get_vocab()
    wrong = sorted(
        (id, token)
        for token, id in base_tokenizer.get_vocab().items()
        if id not in control and vocabulary.get(token) != id
    )
    if not wrong:
        return []
    id, token = wrong[0]
    other_id = vocabulary.get(token)
    difference = f"is {other_id} there" if other_id is not None else "is missing there"
    return [f"{len(wrong)} tokens differ (first {token!a}: {id} {difference})"]


def _mean_cosine(adapter: Path, base: Path, sibling: Path) -> float:
    """The mean cosine of some of the weights that the adapter changes."""
    from safetensors import safe_open

    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        modules = sorted({name.partition(".lora_A.")[0] for name in file.keys() if ".lora_A." in name})  # noqa: SIM118
    compared = modules[:: max(1, len(modules) // _WEIGHTS_COMPARED)]
    names = {f"{module.removeprefix('base_model.model.')}.weight" for module in compared}
    base_weights, sibling_weights = _weights(base, names), _weights(sibling, names)
    shared = sorted(base_weights.keys() & sibling_weights.keys())
    if not shared:
        return 1.0  # stored under names of another making: nothing to compare, and the shapes fit
    return sum(_cosine(base_weights[name], sibling_weights[name]) for name in shared) / len(shared)


def _weights(folder: Path, names: Iterable[str]) -> dict[str, torch.Tensor]:
    """Those of the folder's weights that have one of the names, in float32 and flat."""
    from safetensors import safe_open

    weights: dict[str, torch.Tensor] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            weights |= {name: file.get_tensor(name).float().flatten() for name in set(names) & set(file.keys())}
    return weights


def _cosine(one: torch.Tensor, other: torch.Tensor) -> float:
    return float(one @ other / (one.norm() * other.norm()).clamp(min=1e-12))
