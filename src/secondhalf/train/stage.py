"""One arm under one seed: pairs and a student in, an adapter (or a whole model) and its log out."""

import shutil
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.context import context
from secondhalf.models.convert import student_folder
from secondhalf.models.load import load_student
from secondhalf.models.reference import Model
from secondhalf.store import Stage
from secondhalf.train import early_stopping
from secondhalf.train.examples import check_any, read, tokenise
from secondhalf.train.launch import launched
from secondhalf.train.loggers import following
from secondhalf.train.memory import check_memory
from secondhalf.train.method import adapted, checkpointing, write_trained
from secondhalf.train.needs import device
from secondhalf.train.settings import TrainSettings
from secondhalf.train.shard import gathered, shard
from secondhalf.train.team import Team
from secondhalf.train.tokens import Encoder
from secondhalf.train.trainer import train, write_log
from secondhalf.train.turn_tokens import turn_tokens, untrained

VERSION = 1
_FOUR_BITS = 2  # the same for qlora alone: gradients were lost on CPUs before

# They change how fast or where, and nothing of what is learned.
_FREE = {"seeds", "checkpoint_steps", "loggers", "processes", "sharding", "gradient_checkpointing"}
# Fields that came later decide nothing at their default, so that what was trained before them is found again.
_LATER = ("turn_tokens", "method", "dropout", "precision")


def plain(settings: TrainSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the settings without the list of seeds, this seed, and the template's text."""
    decided, usual = settings.model_dump(mode="json", exclude=_FREE), TrainSettings()
    for name in _LATER:
        if getattr(settings, name) == getattr(usual, name):
            del decided[name]
    if not settings.early_stopping.patience:
        del decided["early_stopping"]
    if settings.method == "qlora":
        decided["four_bits"] = _FOUR_BITS
    return {**decided, "seed": seed, "template": settings.template.name, "template_text": settings.template.text}


def fit(
    pairs: pa.Table | Stage,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path = Path("runs"),
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors) or model/, log.jsonl, rejects- and verdicts- tables. Loggers write under `run`.

    Of a stage of pairs one part is in memory at a time.
    """
    # Converted here, once, and not by every process of a team.
    here = Model(student.reference, student_folder(student.path, student.identity), student.identity)
    shards, count = (pairs.tables(), pairs.rows()) if isinstance(pairs, Stage) else (iter([pairs]), pairs.num_rows)
    if settings.processes > 1:
        return launched(shards, here, settings, seed, stage, label, run)
    return fitted(shards, count, here, settings, seed, stage, label, run, Team())


def fitted(
    shards: Iterable[pa.Table],
    count: int,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path,
    team: Team,
) -> dict[str, Any]:
    """`fit` in one process, alone or of a team; the first one writes. The student's path is a folder of safetensors."""
    tokenizer, base = load_student(student.path, settings.precision, four_bits=settings.method == "qlora")
    if team.first:
        tokenise(shards, Encoder.of(tokenizer, settings, count, context(base)), stage, count, label)
    team.wait()
    chosen, held, sizes = read(stage)
    rejects = stage.read("rejects")
    check_any(label, count, chosen, rejects)
    machine = device()
    took = check_memory(student.path, settings, int(chosen.lengths.max()), machine)
    unused = untrained(base, turn_tokens(tokenizer, settings.template))
    if unused and settings.turn_tokens == "frozen" and team.first:
        named = ", ".join(str(tokenizer.convert_ids_to_tokens(token)) for token in unused)
        told = (
            f"{label}: the student never learned {named}: set train.turn_tokens to train, or train.template to plain."
        )
        print(f"secondhalf: {told}", file=sys.stderr)
    twice = checkpointing(base, settings, took.memory if took else 0.0, machine.memory)
    model = adapted(base, settings, seed, unused if settings.turn_tokens == "train" else [])
    if settings.sharding == "fsdp":
        shard(model)
    checkpoints = stage.path / "checkpoints"
    numbers = settings.model_dump() | {"seed": seed}
    followed = following(settings.loggers, run, label.removeprefix("train "), numbers)
    with followed if team.first else nullcontext(lambda row: None) as tell:
        log = train(model, chosen, held, settings, seed, checkpoints, label, sizes, tell, team)
    weights = gathered(model)
    if team.first:
        write_trained(model, tokenizer, settings, stage.path, student.reference, weights)
        write_log(stage.path / "log.jsonl", log)
    team.wait()
    if team.first:
        shutil.rmtree(checkpoints)
        shutil.rmtree(stage.path / "tokens")
    return {
        "rows_in": count,
        "rows": len(chosen) + len(held),
        "rejected": rejects.num_rows,
        "held_out": len(held),
        "steps": len(log),
        "tokens": log[-1]["tokens"],
        "supervised_tokens": chosen.supervised,
        "loss": log[-1]["loss"],
        **early_stopping.told(settings.early_stopping, log),
        "untrained_tokens": len(unused),
        "gradient_checkpointing": twice,
    }
