"""The stage of one arm under one seed: what decides it, and whether one process trains it or several."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.reference import Model
from secondhalf.models.weights.convert import student_folder
from secondhalf.store import Stage
from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.fit import fit_student
from secondhalf.train.launch import launch_processes
from secondhalf.train.settings import TrainSettings

TRAIN_VERSION = 1
_QLORA_VERSION = 2  # the same for qlora alone: gradients were lost on CPUs before

# They change how fast or where, and nothing of what is learned.
_FREE = {"seeds", "checkpoint_steps", "loggers", "processes", "sharding", "gradient_checkpointing"}
# Fields that came later decide nothing at their default, so that what was trained before them is still valid.
_LATER = ("turn_tokens", "method", "dropout", "precision")


def train_key_settings(settings: TrainSettings, seed: int) -> dict[str, Any]:
    """What decides the stage beside its inputs: the settings but the list of seeds, this seed, and the template's text."""
    deciding, defaults = settings.model_dump(mode="json", exclude=_FREE), TrainSettings()
    for name in _LATER:
        if getattr(settings, name) == getattr(defaults, name):
            del deciding[name]
    if not settings.early_stopping.patience:
        del deciding["early_stopping"]
    if settings.method == "qlora":
        deciding["four_bits"] = _QLORA_VERSION
    return {**deciding, "seed": seed, "template": settings.template.name, "template_text": settings.template.text}


def train_arm(
    pairs: pa.Table | Stage,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path = Path("runs"),
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors) or model/, log.jsonl, rejects- and verdicts- tables; returns the manifest's counts.

    Of a stage of pairs one part is in memory at a time. Loggers write under `run`. Raises UserError when no pair can be
    trained on, the student does not load or does not fit into memory, and when the loss is no number.
    """
    # Converted here, once, and not by every process of a group.
    converted = Model(student.reference, student_folder(student.path, student.identity), student.identity)
    shards, count = (pairs.tables(), pairs.rows()) if isinstance(pairs, Stage) else (iter([pairs]), pairs.num_rows)
    if settings.processes > 1:
        return launch_processes(shards, converted, settings, seed, stage, label, run)
    return fit_student(shards, count, converted, settings, seed, stage, label, run, ProcessGroup())
