"""What of a student is trained: an adapter (LoRA, DoRA, QLoRA) or the whole of it, and how the result is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.errors import UserError
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.train.settings import TrainSettings
from secondhalf.train.turn_tokens import trainable_token_indices

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def make_trainable(
    model: PreTrainedModel, settings: TrainSettings, seed: int, tokens: Sequence[int] = ()
) -> PeftModel | PreTrainedModel:
    """The model with what is trained marked: a fresh adapter on every linear layer but the output, or all weights.

    The rows of `tokens` in the vocabulary are trained as well. `seed` draws the adapter's first weights.
    """
    import torch

    torch.manual_seed(seed)
    if settings.method == "full":
        for weight in model.parameters():
            weight.requires_grad_(True)
        return model
    with quiet_transformers():
        from peft import LoraConfig, get_peft_model

    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        use_dora=settings.method == "dora",
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        trainable_token_indices=trainable_token_indices(model, tokens),
    )
    with quiet_transformers():
        return get_peft_model(model, config, autocast_adapter_dtype=False)


def enable_gradient_checkpointing(
    model: PreTrainedModel, settings: TrainSettings, needed_memory: float, free_memory: float
) -> bool:
    """Has activations computed twice instead of kept, as the recipe says or where they would not fit; whether it did.

    Memory in bytes. Raises UserError for a model that cannot.
    """
    choice = settings.gradient_checkpointing
    if choice == "off" or (choice == "auto" and needed_memory < 0.9 * free_memory):
        return False
    if not model.supports_gradient_checkpointing:
        raise UserError("train.gradient_checkpointing: this student cannot: set it to off, or lower tokens_per_batch.")
    with quiet_transformers():
        model.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
    return True


def write_trained(
    model: PeftModel | PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    settings: TrainSettings,
    folder: Path,
    reference: str,
    state_dict: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Writes adapter/ (PEFT), or for a model trained whole model/ (safetensors, with its tokenizer), into `folder`.

    `state_dict`: all of the model's weights in one piece, where its own are sharded.
    """
    if settings.method != "full":
        write_adapter(model, folder / "adapter", reference, state_dict)
        return
    with quiet_transformers():
        model.config._name_or_path = ""  # a path of this machine, of no use elsewhere
        model.save_pretrained(folder / "model", state_dict=state_dict)
        tokenizer.save_pretrained(folder / "model")


def write_adapter(
    model: PeftModel, folder: Path, reference: str, state_dict: Mapping[str, torch.Tensor] | None = None
) -> None:
    """Writes the adapter that PEFT calls "default", of a student that came from `reference`.

    `state_dict`: all of the model's weights in one piece, where its own are sharded.
    """
    with quiet_transformers():
        model.save_pretrained(folder, selected_adapters=["default"], state_dict=state_dict)
    # PEFT writes the student's folder into the adapter: a path of this machine, of no use elsewhere.
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    config["base_model_name_or_path"] = reference
    config["target_modules"] = sorted(config["target_modules"])  # a set, in another order in every process
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (folder / "README.md").unlink(missing_ok=True)
