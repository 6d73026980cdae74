"""Direct preference optimisation by TRL's DPOTrainer; what is ours is the token ids, the order and the checkpoints.

TRL is handed token ids, because its own preparation would tokenise texts with their special tokens in force. Its
checkpoints hold pickles, so it writes none: order, rate and optimizer state depend on the step alone, and a run that
was killed ends, on a CPU, with the same weights bit for bit. One process; the reference is a copy of the adapter.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.progress import Progress
from secondhalf.train.checkpoint import load_last_checkpoint, save_checkpoint
from secondhalf.train.lr_schedule import linear_with_warmup
from secondhalf.train.prefer.preferences import Preference
from secondhalf.train.prefer.settings import PreferSettings

if TYPE_CHECKING:
    import torch
    from peft import PeftModel
    from transformers import PreTrainedTokenizerBase
    from trl import DPOTrainer

_MARGINS = "rewards/margins"  # TRL's name for what every step logs, and the summary at the end does not


class PreferenceLogRow(TypedDict):
    """One optimizer step of preference training. A reward is beta times a log-ratio to the reference, in nats."""

    step: int
    """From 1 on."""
    pairs: int
    """Pairs that were trained on so far."""
    rate: float
    """The learning rate."""
    loss: float
    margin: float
    """The mean reward of the chosen side minus that of the rejected one."""
    accuracy: float
    """The share of pairs whose chosen side has the higher reward."""
    chosen: float
    """The mean reward of the chosen side."""
    rejected: float
    """The mean reward of the rejected side."""


def check_trl_installed() -> None:
    """Raises UserError when TRL is not installed."""
    from importlib.util import find_spec

    if find_spec("trl") is None or find_spec("datasets") is None:
        raise UserError(f"Preference training (an arm's `prefer`) needs TRL: {install.extra('prefer')}.")


def shuffled_epochs(count: int, settings: PreferSettings, seed: int) -> list[int]:
    """The indices of `count` pairs in the order of training: every epoch shuffled anew, one epoch after the other."""
    order: list[int] = []
    for epoch in range(settings.epochs):
        indices = list(range(count))
        random.Random(f"{seed}-{epoch}").shuffle(indices)
        order += indices
    return order


def train_dpo(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerBase,
    preferences: list[Preference],
    settings: PreferSettings,
    *,
    max_grad_norm: float,
    seed: int,
    folder: Path,
    label: str,
) -> list[PreferenceLogRow]:
    """Trains the adapter of a PEFT model in place and returns the log, a row for each optimizer step.

    `folder` is for checkpoints. Raises UserError when the loss is no number.
    """
    order = shuffled_epochs(len(preferences), settings, seed)
    steps = math.ceil(len(order) / settings.pairs_per_step)
    checkpoint = load_last_checkpoint(folder)
    log: list[PreferenceLogRow] = checkpoint.state["log"] if checkpoint else []
    if checkpoint and len(log) == steps:
        _load_state_dict(model, checkpoint.tensors, None, steps)
        return log
    remaining = [preferences[index] for index in order[len(log) * settings.pairs_per_step :]]
    with Progress(label, len(order), "pairs") as progress, quiet_transformers():
        progress.advance(log[-1]["pairs"] if log else 0)

        def on_log(metrics: Mapping[str, float]) -> None:
            """Checks what TRL logs of a step, keeps it, and saves a checkpoint where one is due."""
            step = len(log) + 1
            if not math.isfinite(metrics["loss"]):
                raise UserError(f"{label}: the loss is no number at step {step}: lower prefer.learning_rate.")
            seen = min(step * settings.pairs_per_step, len(order))
            progress.advance(seen - (log[-1]["pairs"] if log else 0), margin=f"{metrics[_MARGINS]:.3f}")
            rate = settings.learning_rate * linear_with_warmup(step - 1, steps, settings.warmup)
            log.append(
                {
                    "step": step,
                    "pairs": seen,
                    "rate": rate,
                    "loss": metrics["loss"],
                    "margin": metrics[_MARGINS],
                    "accuracy": metrics["rewards/accuracies"],
                    "chosen": metrics["rewards/chosen"],
                    "rejected": metrics["rewards/rejected"],
                }
            )
            if step == steps or step % settings.checkpoint_steps == 0:
                save_checkpoint(folder, step, _state_dict(model, trainer.optimizer), {"log": log})

        trainer = make_trainer(
            model, tokenizer, remaining, settings, max_grad_norm, seed, len(log), steps, folder, on_log
        )
        if checkpoint:
            _load_state_dict(model, checkpoint.tensors, trainer.optimizer, len(log))
        trainer.train()
    return log


def make_trainer(
    model: PeftModel,
    tokenizer: PreTrainedTokenizerBase,
    preferences: list[Preference],
    settings: PreferSettings,
    max_grad_norm: float,
    seed: int,
    steps_done: int,
    steps: int,
    folder: Path,
    on_log: Callable[[Mapping[str, float]], None],
) -> DPOTrainer:
    """TRL's trainer over the preferences in their order, which goes on after `steps_done` of all `steps`."""
    check_trl_installed()
    import huggingface_hub.constants

    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True  # TRL would report every trainer it makes
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback, TrainerCallback
    from trl import DPOConfig, DPOTrainer

    class TokenisedDPOTrainer(DPOTrainer):  # type: ignore[misc]
        """DPOTrainer over token ids as they are: nothing is tokenised, ended or cut again."""

        def _prepare_dataset(self, dataset: Dataset, *_: object) -> Dataset:
            return dataset

    class LogCallback(TrainerCallback):  # type: ignore[misc]
        """Passes on what is logged of a step; the summary at the end has no margin."""

        def on_log(
            self, args: object, state: object, control: object, logs: dict[str, float] | None = None, **_: object
        ) -> None:
            if logs and _MARGINS in logs:
                on_log(logs)

    weights = list(_adapter_weights(model).values())
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0)
    lr_schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: linear_with_warmup(min(steps_done + step, steps - 1), steps, settings.warmup)
    )
    batch_size = max(n for n in range(1, settings.pairs_per_batch + 1) if settings.pairs_per_step % n == 0)
    config = DPOConfig(
        output_dir=str(folder),
        beta=settings.beta,
        max_length=None,  # TRL would cut at 1024 tokens without a word; what is too long was rejected before
        num_train_epochs=1,  # the preferences are those of all epochs
        per_device_train_batch_size=batch_size,
        gradient_accumulation_steps=settings.pairs_per_step // batch_size,
        train_sampling_strategy="sequential",
        max_grad_norm=max_grad_norm,
        gradient_checkpointing=False,
        bf16=False,  # the student is in bf16 already and the adapter in float32
        seed=seed,
        save_strategy="no",
        logging_strategy="steps",
        logging_steps=1,
        logging_nan_inf_filter=False,
        report_to="none",
        disable_tqdm=True,
        dataloader_pin_memory=False,
    )
    columns = {
        "prompt_ids": [preference.prompt for preference in preferences],
        "chosen_ids": [preference.chosen for preference in preferences],
        "rejected_ids": [preference.rejected for preference in preferences],
    }
    trainer = TokenisedDPOTrainer(
        model,
        args=config,
        train_dataset=Dataset.from_dict(columns),
        processing_class=tokenizer,
        callbacks=[LogCallback()],
        optimizers=(optimizer, lr_schedule),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _adapter_weights(model: PeftModel) -> dict[str, torch.nn.Parameter]:
    """The adapter's trained weights by name; TRL's frozen copy of it is called "ref"."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad and ".ref." not in name}


def _state_dict(model: PeftModel, optimizer: torch.optim.Optimizer) -> dict[str, torch.Tensor]:
    """A checkpoint's tensors: "weight NAME", "first NAME" and "second NAME" for each weight and its moments."""
    tensors = {}
    state = getattr(optimizer, "optimizer", optimizer).state  # Accelerate wraps the optimizer
    for name, weight in _adapter_weights(model).items():
        tensors[f"weight {name}"] = weight.detach()
        tensors[f"first {name}"], tensors[f"second {name}"] = state[weight]["exp_avg"], state[weight]["exp_avg_sq"]
    return tensors


def _load_state_dict(
    model: PeftModel, tensors: Mapping[str, torch.Tensor], optimizer: torch.optim.Optimizer | None, step: int
) -> None:
    """The weights of a checkpoint, and the moments where training goes on with `optimizer`."""
    import torch

    state = getattr(optimizer, "optimizer", optimizer).state if optimizer is not None else {}
    with torch.no_grad():
        for name, weight in _adapter_weights(model).items():
            weight.copy_(tensors[f"weight {name}"])
            first, second = (tensors[f"{part} {name}"].to(weight.device, copy=True) for part in ("first", "second"))
            state[weight] = {"step": torch.tensor(float(step)), "exp_avg": first, "exp_avg_sq": second}
