"""Adapters on a base in memory: one at a time by PEFT, or several at once, each row of a batch with its own.

PEFT's own mixed batches pick the rows of each adapter anew in every layer, which on two cores takes as long as the layers
themselves. Here the low ranks of all adapters are one matrix, and a row's share of the others' ranks is 0.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf.models.weights.check_weights import adapter_misfit, check_adapter, check_adapter_files
from secondhalf.models.weights.library_output import quiet_transformers

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel

BASE = ""
"""The name for a row that has no adapter."""


_OTHER_FEATURES = (
    *("use_dora", "lora_bias", "modules_to_save", "trainable_token_indices", "rank_pattern", "alpha_pattern"),
    *("target_parameters", "alora_invocation_tokens"),
)


class NotByRowError(Exception):
    """A layer of the model does not get its input row by row (some experts do not): ask one adapter at a time."""


def is_plain_lora(adapter: Path | None) -> bool:
    """Whether an adapter is LoRA of one rank alone, which can stand beside others: no DoRA, no rows of the vocabulary."""
    if adapter is None:
        return True
    from safetensors import safe_open

    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    if config.get("peft_type") != "LORA" or any(config.get(name) for name in _OTHER_FEATURES):
        return False
    with safe_open(adapter / "adapter_model.safetensors", "pt") as file:
        return all(name.endswith(("lora_A.weight", "lora_B.weight")) for name in file.keys())  # noqa: SIM118


def load_adapter(base: PreTrainedModel, adapter: Path, name: str = "default", **options: bool) -> PeftModel:
    """The base with an adapter, in the base's own type; `options` are PEFT's. Raises UserError for one that does not fit."""
    with quiet_transformers(), _fitting(adapter):
        from peft import PeftModel

        # check_adapter names the weights of another shape, with those that are missing or have no place.
        options = {"autocast_adapter_dtype": False, "ignore_mismatched_sizes": True, **options}
        model = PeftModel.from_pretrained(base, adapter, name, **options)
        check_adapter(model, adapter, name)
    return model


@contextmanager
def _fitting(adapter: Path) -> Iterator[None]:
    """PEFT's errors as ours: a target that the student does not have, a weight of another shape."""
    check_adapter_files(adapter)
    try:
        yield
    except (ValueError, RuntimeError, TypeError, KeyError) as error:
        raise adapter_misfit(adapter, str(error).splitlines()[0]) from error


def activate_adapter(base: PreTrainedModel, adapter: Path) -> PreTrainedModel:
    """The base with this adapter. Raises UserError for one that does not fit it."""
    # LoRA in the base's own type: casting to float32 and back doubles the time of a token.
    # The whole model must not be cast: its rotary frequencies are float32, and would stay rounded.
    model = load_adapter(base, adapter)
    # Trained rows of a vocabulary are written into it: PEFT would copy the whole of it for every token.
    for layer in _token_layers(model):
        layer.merge()
    return model


def activate_adapters(base: PreTrainedModel, adapters: Sequence[Path]) -> tuple[PreTrainedModel, list[str]]:
    """The base with these `is_plain_lora` adapters and their names. `assign_rows` says, before each pass, which row has which."""
    names = [f"adapter-{number}" for number in range(len(adapters))]
    model = load_adapter(base, adapters[0], names[0])
    with quiet_transformers():
        for name, adapter in list(zip(names, adapters, strict=True))[1:]:
            with _fitting(adapter):
                model.load_adapter(adapter, name, autocast_adapter_dtype=False, ignore_mismatched_sizes=True)
                check_adapter(model, adapter, name)
    model.secondhalf_row_scaling = _RowScaling(model, names)
    return model, names


def deactivate_adapters(model: PreTrainedModel) -> PreTrainedModel:
    """The base as it was before."""
    for layer in _token_layers(model):
        layer.unmerge()
    return model.unload()


@contextmanager
def without_adapter(model: PreTrainedModel) -> Iterator[None]:
    """The base alone for a while, trained rows of the vocabulary included; nothing to do for a model that has no adapter."""
    if not hasattr(model, "disable_adapter"):
        yield
        return
    merged = [layer for layer in _token_layers(model) if layer.merged]
    for layer in merged:
        layer.unmerge()
    try:
        with model.disable_adapter():
            yield
    finally:
        for layer in merged:
            layer.merge()


def assign_rows(model: PreTrainedModel, rows: Sequence[str]) -> None:
    """The adapter of each row of the next pass, by name; nothing where the model has one or none."""
    row_scaling = getattr(model, "secondhalf_row_scaling", None)
    if row_scaling is not None:
        row_scaling.assign(rows)


class _RowScaling:
    """What each row has of the ranks of all adapters: the scaling of its own, 0 of the others."""

    def __init__(self, model: PreTrainedModel, names: Sequence[str]) -> None:
        import torch
        from peft.tuners.lora import LoraLayer

        layers = [module for module in model.modules() if isinstance(module, LoraLayer)]
        ranks = {name: next(layer.r[name] for layer in layers if name in layer.r) for name in names}
        ends = torch.tensor(list(ranks.values())).cumsum(0).tolist()
        self._scaling = {BASE: torch.zeros(ends[-1], dtype=model.dtype, device=model.device)}
        for name, end in zip(names, ends, strict=True):
            scaling = next(layer.scaling[name] for layer in layers if name in layer.scaling)
            self._scaling[name] = self._scaling[BASE].clone()
            self._scaling[name][end - ranks[name] : end] = scaling
        self._names: list[str] = []
        self._rows = self._scaling[BASE][None, None]
        for layer in layers:
            layer.forward = self._forward(layer, ranks)

    def assign(self, rows: Sequence[str]) -> None:
        import torch

        if rows != self._names:
            self._names = list(rows)
            self._rows = torch.stack([self._scaling[name] for name in rows])[:, None]

    def _forward(self, layer: Any, ranks: dict[str, int]) -> Callable[..., Any]:
        """The layer with all adapters; one that does not have it has zeros there."""
        import torch
        from torch.nn.functional import linear

        any_name = next(iter(layer.lora_A))
        downs, ups = [], []
        for name, rank in ranks.items():
            has = name in layer.lora_A
            lora_a = layer.lora_A[name if has else any_name].weight
            lora_b = layer.lora_B[name if has else any_name].weight
            downs.append(lora_a if has else lora_a.new_zeros(rank, lora_a.shape[1]))
            ups.append(lora_b if has else lora_b.new_zeros(lora_b.shape[0], rank))
        down, up = torch.cat(downs).detach(), torch.cat(ups, 1).detach()

        def forward(x: torch.Tensor, *args: Any, **kwargs: Any) -> Any:
            if x.dim() != 3 or len(x) != len(self._rows):
                raise NotByRowError
            low = linear(x, down) * self._rows
            return layer.base_layer(x, *args, **kwargs) + linear(low, up)

        return forward


def _token_layers(model: PreTrainedModel) -> list[Any]:
    from peft.tuners.trainable_tokens import TrainableTokensLayer

    return [module for module in model.modules() if isinstance(module, TrainableTokensLayer)]
