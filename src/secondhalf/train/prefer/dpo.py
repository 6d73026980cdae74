"""Direct preference optimisation by TRL's DPOTrainer; what is ours is the token ids, the order and the checkpoints.

TRL is handed token ids, because its own preparation would tokenise texts with their special tokens in force. Its
checkpoints hold pickles, so it writes none: order, rate and optimizer state depend on the step alone, and a run that
was killed ends, on a CPU, with the same weights bit for bit. One process; the reference is a copy of the adapter.
"""

import math
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.weights.quiet import quiet
from secondhalf.progress import Progress
from secondhalf.train.checkpoint import load_last_checkpoint, save_checkpoint
from secondhalf.train.prefer.preferences import Preference
from secondhalf.train.prefer.settings import PreferSettings

# TRL's names for what a row of the log says of a step; rewards are beta times a log-ratio to the reference, in nats.
_LOGGED = {"loss": "loss", "margin": "rewards/margins", "accuracy": "rewards/accuracies",
           "chosen": "rewards/chosen", "rejected": "rewards/rejected"}  # fmt: skip


def check_trl_installed() -> None:
    """Raises UserError when TRL is not installed."""
    from importlib.util import find_spec

    if find_spec("trl") is None or find_spec("datasets") is None:
        raise UserError("Preference training (an arm's `prefer`) needs TRL: `pip install 'secondhalf[prefer]'`.")


def shuffled_epochs(count: int, settings: PreferSettings, seed: int) -> list[int]:
    """Which pair comes when: every epoch shuffled anew, all epochs in one row."""
    rows: list[int] = []
    for epoch in range(settings.epochs):
        one = list(range(count))
        random.Random(f"{seed}-{epoch}").shuffle(one)
        rows += one
    return rows


def share_of_rate(step: int, steps: int, warmup: float) -> float:
    """The rate of a step over its peak: a linear rise, then a linear fall that would reach 0 after the last step."""
    warm = max(1, round(warmup * steps))
    return (step + 1) / warm if step < warm else (steps - step) / max(1, steps - warm)


def train_dpo(
    model: Any,
    tokenizer: Any,
    rows: list[Preference],
    settings: PreferSettings,
    *,
    clip: float,
    seed: int,
    folder: Path,
    label: str,
) -> list[dict[str, Any]]:
    """Trains the adapter of a PEFT model in place and returns the log, a row a step: step, pairs, rate and `_LOGGED`.

    `folder` is for checkpoints. Raises UserError when the loss is no number.
    """
    when = shuffled_epochs(len(rows), settings, seed)
    steps = math.ceil(len(when) / settings.pairs_per_step)
    before = load_last_checkpoint(folder)
    log: list[dict[str, Any]] = before[1]["log"] if before else []
    if len(log) == steps:
        _restore(model, before[0] if before else {}, None, steps)
        return log
    todo = [rows[index] for index in when[len(log) * settings.pairs_per_step :]]
    with Progress(label, len(when), "pairs") as progress, quiet():
        progress.advance(log[-1]["pairs"] if log else 0)

        def told(row: dict[str, float]) -> None:
            """What TRL logs of every step: checks it, keeps it, and saves a checkpoint where one is due."""
            number = len(log) + 1
            if not math.isfinite(row["loss"]):
                raise UserError(f"{label}: the loss is no number at step {number}: lower prefer.learning_rate.")
            seen = min(number * settings.pairs_per_step, len(when))
            progress.advance(seen - (log[-1]["pairs"] if log else 0), margin=f"{row[_LOGGED['margin']]:.3f}")
            rate = settings.learning_rate * share_of_rate(number - 1, steps, settings.warmup)
            log.append(
                {"step": number, "pairs": seen, "rate": rate} | {ours: row[its] for ours, its in _LOGGED.items()}
            )
            if number == steps or number % settings.checkpoint_steps == 0:
                save_checkpoint(folder, number, _state(model, trainer.optimizer), {"log": log})

        trainer = make_trainer(model, tokenizer, todo, settings, clip, seed, (len(log), steps), folder, told)
        if before:
            _restore(model, before[0], trainer.optimizer, len(log))
        trainer.train()
    return log


def make_trainer(
    model: Any,
    tokenizer: Any,
    rows: list[Preference],
    settings: PreferSettings,
    clip: float,
    seed: int,
    done: tuple[int, int],
    folder: Path,
    told: Callable[[dict[str, float]], None],
) -> Any:
    """TRL's trainer over rows in their order; `done` is the steps taken before and all of them."""
    check_trl_installed()
    import huggingface_hub.constants

    huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY = True  # TRL would report every trainer it makes
    import torch
    from datasets import Dataset
    from transformers import PrinterCallback, TrainerCallback
    from trl import DPOConfig, DPOTrainer

    class Tokenised(DPOTrainer):  # type: ignore[misc]
        """DPOTrainer over token ids as they are: nothing is tokenised, ended or cut again."""

        def _prepare_dataset(self, dataset: Any, *_: Any) -> Any:
            return dataset

    class Told(TrainerCallback):  # type: ignore[misc]
        """Passes on what is logged of a step; the summary at the end has no margin."""

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if logs and _LOGGED["margin"] in logs:
                told(logs)

    before, steps = done
    weights = list(_weights(model).values())
    optimizer = torch.optim.AdamW(weights, lr=settings.learning_rate, weight_decay=0.0)
    rates = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: share_of_rate(min(before + step, steps - 1), steps, settings.warmup)
    )
    batch = max(n for n in range(1, settings.pairs_per_batch + 1) if settings.pairs_per_step % n == 0)
    config = DPOConfig(
        output_dir=str(folder),
        beta=settings.beta,
        max_length=None,  # TRL would cut at 1024 tokens without a word; what is too long was rejected before
        num_train_epochs=1,  # epochs stand in the rows
        per_device_train_batch_size=batch,
        gradient_accumulation_steps=settings.pairs_per_step // batch,
        train_sampling_strategy="sequential",
        max_grad_norm=clip,
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
    trainer = Tokenised(
        model,
        args=config,
        train_dataset=Dataset.from_dict(
            {
                "prompt_ids": [row.prompt for row in rows],
                "chosen_ids": [row.chosen for row in rows],
                "rejected_ids": [row.rejected for row in rows],
            }
        ),
        processing_class=tokenizer,
        callbacks=[Told()],
        optimizers=(optimizer, rates),
    )
    trainer.remove_callback(PrinterCallback)
    return trainer


def _weights(model: Any) -> dict[str, Any]:
    """The adapter's trained weights by name; TRL's frozen copy of it is called "ref"."""
    return {name: weight for name, weight in model.named_parameters() if weight.requires_grad and ".ref." not in name}


def _state(model: Any, optimizer: Any) -> dict[str, Any]:
    tensors = {}
    held = getattr(optimizer, "optimizer", optimizer).state  # Accelerate wraps the optimizer
    for name, weight in _weights(model).items():
        tensors[f"weight {name}"] = weight.detach()
        tensors[f"first {name}"], tensors[f"second {name}"] = held[weight]["exp_avg"], held[weight]["exp_avg_sq"]
    return tensors


def _restore(model: Any, tensors: dict[str, Any], optimizer: Any, step: int) -> None:
    import torch

    held = getattr(optimizer, "optimizer", optimizer).state if optimizer is not None else {}
    with torch.no_grad():
        for name, weight in _weights(model).items():
            weight.copy_(tensors[f"weight {name}"])
            first, second = (tensors[f"{which} {name}"].to(weight.device, copy=True) for which in ("first", "second"))
            held[weight] = {"step": torch.tensor(float(step)), "exp_avg": first, "exp_avg_sq": second}
