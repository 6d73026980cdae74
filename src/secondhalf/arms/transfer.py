"""An adapter of one student on another: a base model's on its instruct sibling (paper, section 4, "lora-base").

The arithmetic of an adapter holds for the weights that it was trained beside. So before it is carried over, the two
students are looked at: the same architecture, a place of the right shape for every tensor, the same tokens, and weights
that are related at all.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from secondhalf.arms.tokens import tokenizer
from secondhalf.errors import UserError
from secondhalf.models.chat.plain_text import control_ids
from secondhalf.models.reference import Model
from secondhalf.models.weights.quiet import quiet
from secondhalf.store import Stage

VERSION = (1,)
# Siblings' weights point the same way: fine-tuning moves them little. Two trainings from scratch share nothing (about 0).
RELATED = 0.5
_LOOKED_AT = 8  # weights that are compared


def transfer(
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
    faults, kinship = misfits(adapter, base, sibling)
    if faults:
        raise UserError(
            f"arms.{names[0]}: the adapter of {names[1]} does not fit {student.reference}: {'; '.join(faults)}. "
            "Name the instruct model that was made of the source arm's student."
        )
    shutil.rmtree(stage.path / "adapter", ignore_errors=True)
    shutil.copytree(adapter, stage.path / "adapter")
    path = stage.path / "adapter" / "adapter_config.json"
    config = json.loads(path.read_text("utf-8"))
    config["base_model_name_or_path"] = student.reference
    path.write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (stage.path / "log.jsonl").write_text("", "utf-8")  # nothing was trained
    told = source.manifest
    kept = ("rows_in", "rows", "rejected", "held_out", "steps", "tokens", "supervised_tokens", "loss")
    return {**{name: told[name] for name in kept if name in told}, "adapter_from": source.key, "kinship": kinship}


def misfits(adapter: Path, base: Path, sibling: Path) -> tuple[list[str], float]:
    """Why an adapter trained on `base` does not fit `sibling`, a reason each, and the cosine of their weights, -1 to 1."""
    mine, theirs = (json.loads((folder / "config.json").read_text("utf-8")) for folder in (base, sibling))
    if mine.get("architectures") != theirs.get("architectures"):
        return [f"the architecture is {_named(theirs)}, not {_named(mine)}"], 0.0
    faults = _shapes(adapter, sibling) + _tokens(base, sibling)
    if faults:
        return faults, 0.0
    kinship = _kinship(adapter, base, sibling)
    if kinship < RELATED:
        return [f"their weights are not related (cosine {kinship:.2f}), so they are no siblings"], kinship
    return [], kinship


def _named(config: dict[str, Any]) -> str:
    return ", ".join(config.get("architectures") or [str(config.get("model_type"))])


def _shapes(adapter: Path, sibling: Path) -> list[str]:
    """The first tensor of the adapter that has no place of its shape in the sibling, and how many there are."""
    from safetensors import safe_open

    with quiet(), _nowhere():
        from peft import PeftConfig, get_peft_model
        from peft.utils import get_peft_model_state_dict
        from transformers import AutoConfig, AutoModelForCausalLM

        model = AutoModelForCausalLM.from_config(AutoConfig.from_pretrained(sibling, trust_remote_code=False))
        try:
            fitted: Any = get_peft_model(model, PeftConfig.from_pretrained(str(adapter)))
        except ValueError as error:  # a target that is not there
            return [str(error).splitlines()[0]]
        there = {name: tuple(tensor.shape) for name, tensor in get_peft_model_state_dict(fitted).items()}
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        wanted = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
    wrong = [name for name in sorted(wanted.keys() | there.keys()) if wanted.get(name) != there.get(name)]
    if not wrong:
        return []
    first = wrong[0]
    sizes = (_size(wanted.get(first)), _size(there.get(first)))
    return [
        f"{len(wrong)} of {len(wanted)} tensors have another shape there (first {first}: {sizes[0]} against {sizes[1]})"
    ]


def _size(shape: tuple[int, ...] | None) -> str:
    return "none" if shape is None else " x ".join(map(str, shape))


def _nowhere() -> Any:
    """A device on which tensors have shapes and no memory."""
    import torch

    return torch.device("meta")


def _tokens(base: Path, sibling: Path) -> list[str]:
    """Tokens of text that the sibling lacks or has under another id. Control tokens may differ: a sibling names its turns."""
    mine, theirs = tokenizer(base), tokenizer(sibling)
    control, known = control_ids(mine), theirs.get_vocab()
    wrong = sorted((id, word) for word, id in mine.get_vocab().items() if id not in control and known.get(word) != id)
    if not wrong:
        return []
    id, word = wrong[0]
    there = known.get(word)
    other = f"is {there} there" if there is not None else "is missing there"
    return [f"{len(wrong)} tokens differ (first {word!a}: {id} {other})"]


def _kinship(adapter: Path, base: Path, sibling: Path) -> float:
    """The mean cosine of some of the weights that the adapter changes."""
    from safetensors import safe_open

    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        places = sorted({name.partition(".lora_A.")[0] for name in file.keys() if ".lora_A." in name})  # noqa: SIM118
    some = [
        f"{place.removeprefix('base_model.model.')}.weight" for place in places[:: max(1, len(places) // _LOOKED_AT)]
    ]
    mine, theirs = _weights(base, set(some)), _weights(sibling, set(some))
    shared = sorted(mine.keys() & theirs.keys())
    if not shared:
        return 1.0  # stored under names of another making: nothing to compare, and the shapes fit
    return sum(_cosine(mine[name], theirs[name]) for name in shared) / len(shared)


def _weights(folder: Path, names: set[str]) -> dict[str, Any]:
    from safetensors import safe_open

    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.safetensors")):
        with safe_open(path, "pt") as file:
            found |= {name: file.get_tensor(name).float().flatten() for name in names & set(file.keys())}
    return found


def _cosine(one: Any, other: Any) -> float:
    return float(one @ other / (one.norm() * other.norm()).clamp(min=1e-12))
