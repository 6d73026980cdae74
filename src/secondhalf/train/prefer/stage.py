"""One arm under one seed, after fine-tuning: pairs, the student and its adapter in, another adapter and its log out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from secondhalf.errors import UserError
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import Model
from secondhalf.models.weights.adapters import load_adapter
from secondhalf.models.weights.context_length import cap_to_context
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.load import load_student
from secondhalf.statistics import estimate
from secondhalf.store import Stage
from secondhalf.train.dataset import check_not_empty
from secondhalf.train.log import write_log
from secondhalf.train.method import write_adapter
from secondhalf.train.prefer.dpo import PreferenceLogRow, train_dpo
from secondhalf.train.prefer.preferences import Preference, encode_preferences
from secondhalf.train.prefer.settings import PreferSettings
from secondhalf.train.settings import TrainSettings

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PREFER_VERSION = (1,)


def prefer_arm(
    pairs: pa.Table,
    student: Model,
    adapter: Path,
    settings: PreferSettings,
    train: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors), log.jsonl, rejects- and verdicts- tables; returns the manifest's counts.

    `adapter` is the start and the reference. Raises UserError when it is none, no pair is left, or the loss is no number.
    """
    if not (adapter / "adapter_config.json").is_file():
        raise UserError(f"{label}: preference training goes on from an adapter: set train.method to lora or dora.")
    folder = student_folder(student.path, student.identity)
    tokenizer, base = load_student(folder)
    preferences, held_out, rejects, verdicts = encode_preferences(
        pairs,
        tokenizer,
        train.template,
        max_length=cap_to_context(base, train.max_length),
        held_out=train.held_out,
        people=settings.people is not None,
    )
    stage.write("verdicts", 0, verdicts)
    stage.write("rejects", 0, rejects)
    check_not_empty(label, pairs.num_rows, preferences, rejects)
    log = _train_adapter(base, tokenizer, preferences, student, adapter, settings, train, seed, stage, label)
    del base
    write_log(stage.path / "log.jsonl", log)
    figures = held_out_figures(folder, adapter, stage.path / "adapter", held_out, settings.beta, label)
    shutil.rmtree(stage.path / "checkpoints")  # last of all: until here a killed stage goes on from them
    return {
        "rows_in": pairs.num_rows,
        "rows": len(preferences) + len(held_out),
        "rejected": rejects.num_rows,
        "held_out": len(held_out),
        "steps": len(log),
        "loss": log[-1]["loss"],
        "margin": log[-1]["margin"],
        "chosen_tokens": sum(len(preference.chosen) for preference in preferences) / len(preferences),
        "rejected_tokens": sum(len(preference.rejected) for preference in preferences) / len(preferences),
        **figures,
    }


def _train_adapter(
    base: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    preferences: list[Preference],
    student: Model,
    adapter: Path,
    settings: PreferSettings,
    train: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
) -> list[PreferenceLogRow]:
    dtype = base.dtype
    # The adapter in float32, the base in its own type: steps are far smaller than bf16 can add to a weight.
    model = load_adapter(base, adapter, is_trainable=True, autocast_adapter_dtype=True)
    log = train_dpo(
        model,
        tokenizer,
        preferences,
        settings,
        max_grad_norm=train.clip,
        seed=seed,
        folder=stage.path / "checkpoints",
        label=label,
    )
    for name, weight in model.named_parameters():
        if ".default." in name:
            weight.data = weight.data.to("cpu", dtype)
    write_adapter(model, stage.path / "adapter", student.reference)
    return log


def held_out_figures(
    student: Path, before: Path, after: Path, preferences: list[Preference], beta: float, label: str
) -> dict[str, Any]:
    """What was learned, on held-out preferences, of the adapters as they were written; empty for fewer than two.

    `held_out_margin` is the mean reward of the response minus that of the own half (beta times nats, 0 before), with its
    95 % interval over pairs; `held_out_accuracy` the share of pairs where it is above 0.
    """
    if len(preferences) < 2:
        return {}
    sides = [(row.prompt, side) for row in preferences for side in (row.chosen, row.rejected)]
    model = StudentModel(student)
    likelihoods: list[list[float]] = []
    for adapter in (before, after):
        model.use(adapter)
        likelihoods.append([total for total, _ in model.loglikelihood(sides, label=f"{label} held-out pairs")])
    rewards = [beta * (new - old) for old, new in zip(*likelihoods, strict=True)]
    margins = [chosen - rejected for chosen, rejected in zip(rewards[::2], rewards[1::2], strict=True)]
    interval = estimate(margins)
    likelier = [
        sum(chosen > rejected for chosen, rejected in zip(sums[::2], sums[1::2], strict=True)) / len(preferences)
        for sums in likelihoods
    ]
    return {
        "held_out_margin": [interval.mean, interval.low, interval.high],
        "held_out_accuracy": sum(margin > 0 for margin in margins) / len(margins),
        "likelier_before": likelier[0],
        "likelier_after": likelier[1],
    }
