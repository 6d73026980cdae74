"""The training loop: LoRA in the base's bf16, its updates in float32, packed batches, the loss on labels only.

Every step depends on the seed and the step's number alone, so a run that was killed ends, on a CPU, with the same
weights bit for bit.
"""

import json
import math
import random
from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate, pairwise, product
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.pack import Example, backward, hidden_states, logprobs, packs
from secondhalf.models.quiet import quiet
from secondhalf.progress import Progress
from secondhalf.train import checkpoint
from secondhalf.train.early_stopping import EarlyStopping
from secondhalf.train.settings import TrainSettings
from secondhalf.train.turn_tokens import trainable


def with_lora(model: Any, settings: TrainSettings, seed: int, tokens: Sequence[int] = ()) -> Any:
    """The model with a fresh adapter on every linear layer but the output; only it and the rows of `tokens` are trained."""
    import torch
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(seed)
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        trainable_token_indices=trainable(model, tokens),
    )
    with quiet():
        return get_peft_model(model, config, autocast_adapter_dtype=False)


def schedule(
    examples: list[Example], settings: TrainSettings, seed: int, phases: Sequence[int] = ()
) -> list[list[list[Example]]]:
    """Steps of batches of examples: every epoch shuffled anew, neighbours packed together.

    `phases` are the sizes of consecutive parts that are trained one after the other, each for all its epochs.
    """
    steps: list[list[list[Example]]] = []
    bounds = list(accumulate(phases or [len(examples)], initial=0))
    for (start, stop), epoch in product(pairwise(bounds), range(settings.epochs)):
        order = list(range(start, stop))
        random.Random(f"{seed}-{epoch}").shuffle(order)
        for step in packs([len(examples[i][0]) for i in order], settings.tokens_per_step):
            mine = [examples[order[i]] for i in step]
            batches = packs([len(tokens) for tokens, _ in mine], settings.tokens_per_batch)
            steps.append([[mine[i] for i in batch] for batch in batches])
    return steps


def rate(step: int, steps: int, settings: TrainSettings) -> float:
    """The learning rate of a step: a linear warm-up, then a cosine to a tenth, or constant."""
    warm = max(1, round(settings.warmup * steps))
    if step < warm:
        return settings.learning_rate * (step + 1) / warm
    if settings.schedule == "constant":
        return settings.learning_rate
    share = (step - warm) / max(1, steps - warm)
    return settings.learning_rate * (0.1 + 0.9 * 0.5 * (1 + math.cos(math.pi * share)))


def held_out_loss(model: Any, examples: list[Example], settings: TrainSettings) -> float | None:
    """Mean cross-entropy a token in nats over the held-out pairs; None when there are none."""
    import torch

    total, count = 0.0, 0
    with torch.inference_mode():
        for pack in packs([len(tokens) for tokens, _ in examples], settings.tokens_per_batch):
            states, labels, _ = hidden_states(model, [examples[i] for i in pack])
            total -= float(logprobs(model, states, labels).sum())
            count += len(labels)
    return total / count if count else None


def train(
    model: Any,
    examples: list[Example],
    held: list[Example],
    settings: TrainSettings,
    seed: int,
    folder: Path,
    label: str,
    phases: Sequence[int] = (),
    tell: Callable[[Mapping[str, Any]], None] = lambda row: None,
) -> list[dict[str, Any]]:
    """Trains the adapter in place and returns the log, a row a step: step, tokens, loss, held_out, rate.

    Loss is nats a supervised token. `tell` is told every row. Raises UserError when there is nothing to train on or the
    loss is no number.
    """
    import torch

    if not examples:
        raise UserError("There is no pair to train on: the audit refused all of them, see `secondhalf show RUN audit`.")
    names = [name for name, weight in model.named_parameters() if weight.requires_grad]
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    # Updates are far smaller than bf16 can add to a weight: they gather in float32 copies.
    masters = [torch.nn.Parameter(weight.detach().float()) for weight in weights]
    optimizer = torch.optim.AdamW(masters, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    steps = schedule(examples, settings, seed, phases)
    log: list[dict[str, Any]] = []
    before = checkpoint.last(folder)
    if before is not None:
        log = before[1]["log"]
        _restore(before[0], names, masters, weights, optimizer, len(log))
    stopping = EarlyStopping(settings.early_stopping, len(steps), len(held), folder)
    for row in log:
        tell(row)
    model.train()
    total = sum(len(tokens) for step in steps for batch in step for tokens, _ in batch)
    with Progress(label, total, "tokens") as progress:
        progress.advance(log[-1]["tokens"] if log else 0)
        for number in range(len(log), len(steps)):
            if stopping.over(log):
                progress.say(f"stopped early after step {number}: the held-out loss no longer falls")
                break
            lr = rate(number, len(steps), settings)
            loss, tokens = _step(model, steps[number], weights, masters, optimizer, lr, settings.clip)
            if not math.isfinite(loss):
                raise UserError(f"{label}: the loss is no number at step {number + 1}: lower train.learning_rate.")
            seen = tokens + (log[-1]["tokens"] if log else 0)
            last = number + 1 == len(steps)
            due = last or (number + 1) % settings.checkpoint_steps == 0 or stopping.due(number + 1)
            watched = held_out_loss(model, held, settings) if due or number == 0 else None
            log.append({"step": number + 1, "tokens": seen, "loss": loss, "held_out": watched, "rate": lr})
            tell(log[-1])
            progress.advance(tokens, loss=f"{loss:.3f}")
            if due:
                stopping.keep(log, dict(zip(names, weights, strict=True)))
                checkpoint.save(folder, number + 1, _state(names, masters, optimizer), {"log": log})
    stopping.restore(log, dict(zip(names, weights, strict=True)))
    return log


def _step(
    model: Any,
    batches: list[list[Example]],
    weights: list[Any],
    masters: list[Any],
    optimizer: Any,
    lr: float,
    clip: float,
) -> tuple[float, int]:
    import torch

    supervised = sum(label != -100 for batch in batches for _, labels in batch for label in labels[1:])
    total = 0.0
    for batch in batches:
        states, labels, _ = hidden_states(model, batch)
        total += backward(model, states, labels, 1 / supervised)
    for weight, master in zip(weights, masters, strict=True):
        master.grad = None if weight.grad is None else weight.grad.float()
        weight.grad = None
    torch.nn.utils.clip_grad_norm_(masters, clip)
    for group in optimizer.param_groups:
        group["lr"] = lr
    optimizer.step()
    _copy(masters, weights)
    return total / supervised, sum(len(tokens) for batch in batches for tokens, _ in batch)


def _copy(masters: list[Any], weights: list[Any]) -> None:
    import torch

    with torch.no_grad():
        for weight, master in zip(weights, masters, strict=True):
            weight.copy_(master)


def _state(names: list[str], masters: list[Any], optimizer: Any) -> dict[str, Any]:
    tensors = {}
    for name, master in zip(names, masters, strict=True):
        held = optimizer.state[master]
        tensors[f"weight {name}"] = master.detach()
        tensors[f"first {name}"], tensors[f"second {name}"] = held["exp_avg"], held["exp_avg_sq"]
    return tensors


def _restore(
    tensors: dict[str, Any], names: list[str], masters: list[Any], weights: list[Any], optimizer: Any, step: int
) -> None:
    import torch

    with torch.no_grad():
        for name, master in zip(names, masters, strict=True):
            master.copy_(tensors[f"weight {name}"])
            first, second = tensors[f"first {name}"].clone(), tensors[f"second {name}"].clone()
            optimizer.state[master] = {"step": torch.tensor(float(step)), "exp_avg": first, "exp_avg_sq": second}
    _copy(masters, weights)


def write_log(path: Path, log: list[dict[str, Any]]) -> None:
    """The log as JSON lines."""
    path.write_text("".join(json.dumps(row) + "\n" for row in log), "utf-8")
