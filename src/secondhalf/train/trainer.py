"""The training loop: packed batches, the loss on labels only, updates in float32.

Every step depends on the seed and the step's number alone, so a run that was killed ends, on a CPU, with the same
weights bit for bit.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.weights.packing import Example, backward, hidden_states, logprobs, packs
from secondhalf.progress import Progress
from secondhalf.train.batch_sampler import learning_rate_at, sample_batches
from secondhalf.train.checkpoint import load_last_checkpoint, save_checkpoint
from secondhalf.train.dataset import TokenDataset
from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.early_stopping import EarlyStopping
from secondhalf.train.optimizer import MasterWeightAdamW
from secondhalf.train.settings import TrainSettings

WATCHED = 256  # held-out pairs, at most: thousands of them would take longer than the steps between


def held_out_loss(model: Any, examples: Sequence[Example], settings: TrainSettings, team: ProcessGroup) -> float | None:
    """Mean cross-entropy a token in nats over the first WATCHED held-out pairs; None when there are none."""
    import torch

    examples = examples[:WATCHED]
    loss, count = 0.0, 0
    model.eval()  # without dropout
    with torch.inference_mode():
        some = list(packs([len(tokens) for tokens, _ in examples], settings.tokens_per_batch))
        mine = team.mine(some)
        for number in range(team.passes(some)):
            pack = mine[number] if number < len(mine) else some[0]
            states, labels, _ = hidden_states(model, [examples[i] for i in pack])
            if number < len(mine):
                loss -= float(logprobs(model, states, labels).sum())
                count += len(labels)
    model.train()
    loss, labelled = team.total(loss, count)
    return loss / labelled if labelled else None


def train_model(
    model: Any,
    examples: Sequence[Example],
    held: Sequence[Example],
    settings: TrainSettings,
    seed: int,
    folder: Path,
    label: str,
    phases: Sequence[int] = (),
    tell: Callable[[Mapping[str, Any]], None] = lambda row: None,
    team: ProcessGroup | None = None,
) -> list[dict[str, Any]]:
    """Trains the model in place and returns the log, a row a step: step, tokens, loss, held_out, rate.

    Loss is nats a supervised token. `tell` is told every row. `folder` is for checkpoints. Raises UserError when there
    is nothing to train on or the loss is no number.
    """
    if not len(examples):
        raise UserError("There is no pair to train on: the audit refused all of them, see `secondhalf show RUN audit`.")
    team = team or ProcessGroup()
    updates = MasterWeightAdamW(model, settings, team)
    weights = dict(zip(updates.names, updates.weights, strict=True))
    lengths = (
        examples.lengths.tolist() if isinstance(examples, TokenDataset) else [len(tokens) for tokens, _ in examples]
    )
    steps = sample_batches(lengths, settings, seed, phases)
    log: list[dict[str, Any]] = []
    before = load_last_checkpoint(folder)
    if before is not None:
        log = before[1]["log"]
        updates.restore(before[0], len(log))
    stopping = EarlyStopping(settings.early_stopping, len(steps), len(held), folder)
    for row in log:
        tell(row)
    model.train()
    total = sum(lengths[index] for step in steps for batch in step for index in batch)
    with Progress(label, total, "tokens") as progress:
        progress.advance(log[-1]["tokens"] if log else 0)
        for number in range(len(log), len(steps)):
            if stopping.over(log):
                progress.say(f"stopped early after step {number}: the held-out loss no longer falls")
                break
            lr = learning_rate_at(number, len(steps), settings)
            _seed_dropout(seed, number, settings)
            batches = [[examples[index] for index in batch] for batch in steps[number]]
            loss, tokens = _step(model, batches, updates, team, lr)
            if not math.isfinite(loss):
                raise UserError(f"{label}: the loss is no number at step {number + 1}: lower train.learning_rate.")
            seen = tokens + (log[-1]["tokens"] if log else 0)
            last = number + 1 == len(steps)
            due = last or (number + 1) % settings.checkpoint_steps == 0 or stopping.due(number + 1)
            watched = held_out_loss(model, held, settings, team) if due or number == 0 else None
            if watched is not None and not math.isfinite(watched):
                raise UserError(
                    f"{label}: the held-out loss is no number after step {number + 1}: lower train.learning_rate."
                )
            log.append({"step": number + 1, "tokens": seen, "loss": loss, "held_out": watched, "rate": lr})
            tell(log[-1])
            progress.advance(tokens, loss=f"{loss:.3f}")
            if due:
                state = updates.state()
                if team.first:
                    stopping.keep(log, weights)
                    save_checkpoint(folder, number + 1, state, {"log": log})
    team.wait()
    stopping.restore(log, weights)
    return log


def _step(
    model: Any, batches: list[list[Example]], updates: MasterWeightAdamW, team: ProcessGroup, lr: float
) -> tuple[float, int]:
    """One update from all batches of a step; the mean loss and the tokens that went through, of all processes."""
    supervised = sum(label != -100 for batch in batches for _, labels in batch for label in labels[1:])
    total, mine = 0.0, team.mine(batches)
    for number in range(team.passes(batches)):
        # Processes that share a model's pieces go through it together: one without a batch of its own adds nothing.
        own = number < len(mine)
        states, labels, _ = hidden_states(model, mine[number] if own else batches[0])
        loss = backward(model, states, labels, 1 / supervised if own else 0.0)
        total += loss if own else 0.0
    updates.step(lr)
    [total] = team.total(total)
    return total / supervised, sum(len(tokens) for batch in batches for tokens, _ in batch)


def _seed_dropout(seed: int, step: int, settings: TrainSettings) -> None:
    """What dropout leaves out depends on the step alone, so that a killed run goes on as it would have."""
    if settings.dropout:
        import torch

        torch.manual_seed(1_000_003 * seed + step)


def write_log(path: Path, log: list[dict[str, Any]]) -> None:
    """The log as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in log), "utf-8")
