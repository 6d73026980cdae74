"""What of a student is trained: an adapter (LoRA, DoRA, QLoRA) or the whole of it, and how the result is written."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.weights.quiet import quiet
from secondhalf.train.settings import TrainSettings
from secondhalf.train.turn_tokens import trainable_token_indices


def make_trainable(model: Any, settings: TrainSettings, seed: int, tokens: Sequence[int] = ()) -> Any:
    """The model with what is trained marked: a fresh adapter on every linear layer but the output, or all weights.

    The rows of `tokens` in the vocabulary are trained as well.
    """
    import torch

    torch.manual_seed(seed)
    if settings.method == "full":
        for weight in model.parameters():
            weight.requires_grad_(True)
        return model
    with quiet():
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
    with quiet():
        return get_peft_model(model, config, autocast_adapter_dtype=False)


def write_trained(
    model: Any,
    tokenizer: Any,
    settings: TrainSettings,
    folder: Path,
    reference: str,
    weights: dict[str, Any] | None = None,
) -> None:
    """Writes adapter/ (PEFT), or for a model trained whole model/ (safetensors, with its tokenizer), into `folder`.

    `weights`: all of them by name, where the model's own lie in pieces.
    """
    if settings.method != "full":
        write_adapter(model, folder / "adapter", reference, weights)
        return
    with quiet():
        model.config._name_or_path = ""  # a path of this machine, of no use elsewhere
        model.save_pretrained(folder / "model", state_dict=weights)
        tokenizer.save_pretrained(folder / "model")


def enable_gradient_checkpointing(model: Any, settings: TrainSettings, need: float, free: float) -> bool:
    """Whether activations are computed twice instead of kept: as the recipe says, or where they would not fit.

    `need` and `free` in bytes. Raises UserError for a model that cannot.
    """
    wanted = settings.gradient_checkpointing
    if wanted == "off" or (wanted == "auto" and need < 0.9 * free):
        return False
    if not model.supports_gradient_checkpointing:
        raise UserError("train.gradient_checkpointing: this student cannot: set it to off, or lower tokens_per_batch.")
    with quiet():
        model.activation_checkpointing_enable(activation_checkpointing_kwargs={"use_reentrant": False})
    return True


def write_adapter(model: Any, folder: Path, reference: str, weights: dict[str, Any] | None = None) -> None:
    """Writes the adapter in use (PEFT calls it "default") of a student that came from `reference`.

    `weights`: all of the model's by name, where its own lie in pieces.
    """
    with quiet():
        model.save_pretrained(folder, selected_adapters=["default"], state_dict=weights)
    # PEFT writes the student's folder into the adapter: a path of this machine, of no use elsewhere.
    config = json.loads((folder / "adapter_config.json").read_text("utf-8"))
    config["base_model_name_or_path"] = reference
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (folder / "README.md").unlink(missing_ok=True)
