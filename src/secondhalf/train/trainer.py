"""The training loop: packed batches, gradient accumulation, the loss on labels only, updates in float32.

Every step depends on the seed and the step's number alone, so a run that was killed ends, on a CPU, with the same
weights bit for bit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from secondhalf.errors import UserError
from secondhalf.models.chat.loss_mask import IGNORED
from secondhalf.models.weights.packing import Example, backward, hidden_states, logprobs, pack_indices
from secondhalf.progress import Progress
from secondhalf.train.batch_sampler import sample_batches
from secondhalf.train.checkpoint import load_last_checkpoint, save_checkpoint
from secondhalf.train.dataset import TokenDataset
from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.early_stopping import EarlyStopping
from secondhalf.train.keep import KeepSettings, pull_of
from secondhalf.train.log import LogRow
from secondhalf.train.lr_schedule import learning_rate_at
from secondhalf.train.optimizer import MasterWeightAdamW
from secondhalf.train.settings import TrainSettings
from secondhalf.train.surprises import WithoutSurprises

if TYPE_CHECKING:
    import torch


class DivergedError(UserError):
    """A loss was no number; a lower learning rate mends it. A search notes it and goes on."""


HELD_OUT_LIMIT = 256  # pairs, at most: thousands of them would take longer than the steps between


def held_out_loss(
    model: torch.nn.Module, examples: Sequence[Example], settings: TrainSettings, group: ProcessGroup
) -> float | None:
    """Mean cross-entropy a token in nats over the first HELD_OUT_LIMIT held-out pairs; None when there are none."""
    import torch

    examples = examples[:HELD_OUT_LIMIT]
    loss, count = 0.0, 0
    model.eval()  # without dropout
    with torch.inference_mode():
        batches = list(pack_indices([len(tokens) for tokens, _ in examples], settings.tokens_per_batch))
        share = group.split_between_processes(batches)
        for number in range(group.largest_share(batches)):
            batch = share[number] if number < len(share) else batches[0]
            states, labels, _ = hidden_states(model, [examples[i] for i in batch])
            if number < len(share):
                loss -= float(logprobs(model, states, labels).sum())
                count += len(labels)
    model.train()
    loss, supervised = group.all_reduce_numbers(loss, count)
    return loss / supervised if supervised else None


def train_model(
    model: torch.nn.Module,
    examples: Sequence[Example],
    held_out: Sequence[Example],
    settings: TrainSettings,
    seed: int,
    folder: Path,
    label: str,
    phases: Sequence[int] = (),
    on_log: Callable[[LogRow], None] = lambda row: None,
    group: ProcessGroup | None = None,
    on_checkpoint: Callable[[int], None] = lambda step: None,
) -> list[LogRow]:
    """Trains the model in place and returns the log, a row for each optimizer step.

    `folder` is for checkpoints, `phases` are the sizes of parts of the examples that are trained one after the other;
    `on_log` is called with every row, those of before a restart too, and `on_checkpoint`, in the main process, with the step
    of every checkpoint that is written. Raises UserError when there is nothing to train on or the loss is no number.
    """
    if not len(examples):
        raise UserError("There is no pair to train on: the audit refused all of them, see `secondhalf show RUN audit`.")
    group = group or ProcessGroup()
    optimizer = MasterWeightAdamW(model, settings, group)
    if isinstance(examples, TokenDataset | WithoutSurprises):
        lengths = examples.lengths.tolist()
    else:
        lengths = [len(tokens) for tokens, _ in examples]
    steps = sample_batches(lengths, settings, seed, phases)
    log: list[LogRow] = []
    checkpoint = load_last_checkpoint(folder)
    if checkpoint is not None:
        log = checkpoint.state["log"]
        optimizer.load_state_dict(checkpoint.tensors, len(log))
    stopping = EarlyStopping(settings.early_stopping, len(steps), len(held_out), folder)
    for row in log:
        on_log(row)
    model.train()
    total = sum(lengths[index] for step in steps for batch in step for index in batch)
    with Progress(label, total, "tokens") as progress:
        progress.advance(log[-1]["tokens"] if log else 0)
        for index in range(len(log), len(steps)):
            if stopping.should_stop(log):
                progress.say(f"stopped early after step {index}: the held-out loss no longer falls")
                break
            step, learning_rate = index + 1, learning_rate_at(index, len(steps), settings)
            _seed_dropout(seed, index, settings)
            batches = [[examples[i] for i in batch] for batch in steps[index]]
            loss, tokens = _training_step(model, batches, optimizer, group, learning_rate, settings.keep)
            if not math.isfinite(loss):
                raise DivergedError(f"{label}: the loss is no number at step {step}: lower train.learning_rate.")
            last = step == len(steps)
            saves = last or step % settings.checkpoint_steps == 0 or stopping.is_evaluation_step(step)
            evaluated = held_out_loss(model, held_out, settings, group) if saves or index == 0 else None
            if evaluated is not None and not math.isfinite(evaluated):
                raise DivergedError(
                    f"{label}: the held-out loss is no number after step {step}: lower train.learning_rate."
                )
            seen = tokens + (log[-1]["tokens"] if log else 0)
            log.append({"step": step, "tokens": seen, "loss": loss, "held_out": evaluated, "rate": learning_rate})
            on_log(log[-1])
            progress.advance(tokens, loss=f"{loss:.3f}")
            if saves:
                state_dict = optimizer.state_dict()
                if group.is_main_process:
                    stopping.save_best(log, optimizer.weights)
                    save_checkpoint(folder, step, state_dict, {"log": log})
                    on_checkpoint(step)
    group.wait_for_everyone()
    if group.is_main_process:  # which saved them, and writes what was trained
        stopping.load_best(log, optimizer.weights)
    return log


def _training_step(
    model: torch.nn.Module,
    batches: list[list[Example]],
    optimizer: MasterWeightAdamW,
    group: ProcessGroup,
    learning_rate: float,
    keep: KeepSettings,
) -> tuple[float, int]:
    """One update from the accumulated gradients of all batches; the mean loss and the tokens, of all processes."""
    # The first token of all is nobody's prediction. The mean is over the step's tokens, whatever batch they are in.
    supervised = max(1, sum(label != IGNORED for batch in batches for _, labels in batch for label in labels[1:]))
    total, share = 0.0, group.split_between_processes(batches)
    for number in range(group.largest_share(batches)):
        # Processes that share a model's weights go through it together: one without a batch of its own adds nothing.
        has_batch = number < len(share)
        batch = share[number] if has_batch else batches[0]
        pull = pull_of(model, batch, keep)
        states, labels, _ = hidden_states(model, batch)
        loss = backward(model, states, labels, 1 / supervised if has_batch else 0.0, pull)
        total += loss if has_batch else 0.0
    optimizer.step(learning_rate)
    [total] = group.all_reduce_numbers(total)
    return total / supervised, sum(len(tokens) for batch in batches for tokens, _ in batch)


def _seed_dropout(seed: int, step: int, settings: TrainSettings) -> None:
    """What dropout leaves out depends on the step alone, so that a killed run goes on as it would have."""
    if settings.dropout:
        import torch

        torch.manual_seed(1_000_003 * seed + step)
