"""One arm under one seed, after fine-tuning: pairs, the student and its adapter in, another adapter and its log out."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.generation.student import Local
from secondhalf.models.reference import Model
from secondhalf.models.weights.context_length import longest
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.load import load_student
from secondhalf.models.weights.quiet import quiet
from secondhalf.statistics import estimate
from secondhalf.store import Stage
from secondhalf.train.examples import check_any
from secondhalf.train.method import write_adapter
from secondhalf.train.prefer.dpo import dpo
from secondhalf.train.prefer.preferences import Preference, preferences
from secondhalf.train.prefer.settings import PreferSettings
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import write_log

VERSION = (1,)


def fit(
    pairs: pa.Table,
    student: Model,
    adapter: Path,
    settings: PreferSettings,
    train: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors), log.jsonl, rejects- and verdicts- tables. `adapter` is the start and the reference."""
    if not (adapter / "adapter_config.json").is_file():
        raise UserError(f"{label}: preference training goes on from an adapter: set train.method to lora or dora.")
    folder = student_folder(student.path, student.identity)
    tokenizer, base = load_student(folder)
    chosen, held, rejects, verdicts = preferences(
        pairs,
        tokenizer,
        train.template,
        longest=longest(base, train.max_length),
        held_out=train.held_out,
    )
    stage.write("verdicts", 0, verdicts)
    stage.write("rejects", 0, rejects)
    check_any(label, pairs.num_rows, chosen, rejects)
    log = _trained(base, tokenizer, chosen, student, adapter, settings, train, seed, stage, label)
    del base
    write_log(stage.path / "log.jsonl", log)
    figures = held_out_figures(folder, adapter, stage.path / "adapter", held, settings.beta, label)
    shutil.rmtree(stage.path / "checkpoints")  # last of all: until here a killed stage goes on from them
    return {
        "rows_in": pairs.num_rows,
        "rows": len(chosen) + len(held),
        "rejected": rejects.num_rows,
        "held_out": len(held),
        "steps": len(log),
        "loss": log[-1]["loss"],
        "margin": log[-1]["margin"],
        "chosen_tokens": sum(len(row.chosen) for row in chosen) / len(chosen),
        "rejected_tokens": sum(len(row.rejected) for row in chosen) / len(chosen),
        **figures,
    }


def _trained(
    base: Any,
    tokenizer: Any,
    rows: list[Preference],
    student: Model,
    adapter: Path,
    settings: PreferSettings,
    train: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
) -> list[dict[str, Any]]:
    kind = base.dtype
    with quiet():
        from peft import PeftModel

        # The adapter in float32, the base in its own type: steps are far smaller than bf16 can add to a weight.
        model = PeftModel.from_pretrained(base, adapter, is_trainable=True)
    log = dpo(
        model,
        tokenizer,
        rows,
        settings,
        clip=train.clip,
        seed=seed,
        folder=stage.path / "checkpoints",
        label=label,
    )
    for name, weight in model.named_parameters():
        if ".default." in name:
            weight.data = weight.data.to("cpu", kind)
    write_adapter(model, stage.path / "adapter", student.reference)
    return log


def held_out_figures(
    student: Path, before: Path, after: Path, held: list[Preference], beta: float, label: str
) -> dict[str, Any]:
    """What was learned, on held-out pairs, of the adapters as they were written; empty for fewer than two pairs.

    `held_out_margin` is the mean reward of the response minus that of the own half (beta times nats, 0 before), with its
    95 % interval over pairs; `held_out_accuracy` the share of pairs where it is above 0.
    """
    if len(held) < 2:
        return {}
    sides = [(row.prompt, side) for row in held for side in (row.chosen, row.rejected)]
    model = Local(student)
    sums = []
    for adapter in (before, after):
        model.use(adapter)
        sums.append([total for total, _ in model.loglikelihood(sides, label=f"{label} held-out pairs")])
    gains = [beta * (now - then) for then, now in zip(*sums, strict=True)]
    margins = [chosen - rejected for chosen, rejected in zip(gains[::2], gains[1::2], strict=True)]
    interval = estimate(margins)
    return {
        "held_out_margin": [interval.mean, interval.low, interval.high],
        "held_out_accuracy": sum(margin > 0 for margin in margins) / len(margins),
        "likelier_before": sum(c > r for c, r in zip(sums[0][::2], sums[0][1::2], strict=True)) / len(held),
        "likelier_after": sum(c > r for c, r in zip(sums[1][::2], sums[1][1::2], strict=True)) / len(held),
    }
