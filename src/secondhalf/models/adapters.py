"""Adapters on a base in memory: one in use, or several at once, each row of a batch with its own (PEFT's mixed batches)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from secondhalf.models.quiet import quiet

BASE = "__base__"
"""PEFT's name for a row that has no adapter."""


def plain(adapter: Path | None) -> bool:
    """Whether an adapter is LoRA alone, which can stand beside others: no DoRA, no rows of the vocabulary, no whole modules."""
    if adapter is None:
        return True
    told = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    more = any(told.get(name) for name in ("use_dora", "modules_to_save", "trainable_token_indices"))
    return told.get("peft_type") == "LORA" and told.get("bias", "none") == "none" and not more


def put_on(base: Any, adapters: Sequence[Path]) -> tuple[Any, list[str]]:
    """The base with these adapters, the first in use, and the names by which a row tells its own."""
    from peft import PeftModel

    names = [f"adapter-{number}" for number in range(len(adapters))]
    with quiet():
        # LoRA in the base's own type: casting to float32 and back doubles the time of a token.
        # The whole model must not be cast: its rotary frequencies are float32, and would stay rounded.
        model = PeftModel.from_pretrained(base, adapters[0], names[0], autocast_adapter_dtype=False)
        for name, adapter in list(zip(names, adapters, strict=True))[1:]:
            model.load_adapter(adapter, name, autocast_adapter_dtype=False)
    # Trained rows of a vocabulary are written into it: PEFT would copy the whole of it for every token.
    for layer in _token_layers(model):
        layer.merge()
    return model, names


def take_off(model: Any) -> Any:
    """The base as it was before `put_on`."""
    for layer in _token_layers(model):
        layer.unmerge()
    return model.unload()


def mixed(model: Any) -> bool:
    """Whether rows have to tell which adapter is theirs."""
    return len(getattr(model, "peft_config", ())) > 1


def _token_layers(model: Any) -> list[Any]:
    from peft.tuners.trainable_tokens import TrainableTokensLayer

    return [module for module in model.modules() if isinstance(module, TrainableTokensLayer)]
