"""One arm under one seed, in this process: pairs and a student in, an adapter (or a whole model) and its log out."""

import shutil
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.reference import Model
from secondhalf.models.weights.context_length import context
from secondhalf.models.weights.load import load_student
from secondhalf.store import Stage
from secondhalf.train.dataset import check_not_empty, read_datasets, tokenise_pairs
from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.early_stopping import early_stopping_summary
from secondhalf.train.fsdp import full_state_dict, shard_model
from secondhalf.train.loggers import open_loggers
from secondhalf.train.memory import check_memory
from secondhalf.train.method import enable_gradient_checkpointing, make_trainable, write_trained
from secondhalf.train.resource_estimate import find_device
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder
from secondhalf.train.trainer import train_model, write_log
from secondhalf.train.turn_tokens import template_control_tokens, untrained_tokens


def fit_student(
    shards: Iterable[pa.Table],
    count: int,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path,
    team: ProcessGroup,
) -> dict[str, Any]:
    """`fit` in one process, alone or of a team; the first one writes. The student's path is a folder of safetensors."""
    tokenizer, base = load_student(student.path, settings.precision, four_bits=settings.method == "qlora")
    if team.first:
        tokenise_pairs(shards, Encoder.of(tokenizer, settings, count, context(base)), stage, count, label)
    team.wait()
    chosen, held, sizes = read_datasets(stage)
    rejects = stage.read("rejects")
    check_not_empty(label, count, chosen, rejects)
    machine = find_device()
    took = check_memory(student.path, settings, int(chosen.lengths.max()), machine)
    unused = untrained_tokens(base, template_control_tokens(tokenizer, settings.template))
    if unused and settings.turn_tokens == "frozen" and team.first:
        named = ", ".join(str(tokenizer.convert_ids_to_tokens(token)) for token in unused)
        told = (
            f"{label}: the student never learned {named}: set train.turn_tokens to train, or train.template to plain."
        )
        print(f"secondhalf: {told}", file=sys.stderr)
    twice = enable_gradient_checkpointing(base, settings, took.memory if took else 0.0, machine.memory)
    model = make_trainable(base, settings, seed, unused if settings.turn_tokens == "train" else [])
    if settings.sharding == "fsdp":
        shard_model(model)
    checkpoints = stage.path / "checkpoints"
    numbers = settings.model_dump() | {"seed": seed}
    followed = open_loggers(settings.loggers, run, label.removeprefix("train "), numbers)
    with followed if team.first else nullcontext(lambda row: None) as tell:
        log = train_model(model, chosen, held, settings, seed, checkpoints, label, sizes, tell, team)
    weights = full_state_dict(model)
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
        **early_stopping_summary(settings.early_stopping, log),
        "untrained_tokens": len(unused),
        "gradient_checkpointing": twice,
    }
