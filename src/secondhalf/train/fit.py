"""One arm under one seed, in this process: pairs and a student in, an adapter (or a whole model) and its log out."""

import logging
import shutil
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.reference import Model
from secondhalf.models.weights.context_length import context
from secondhalf.models.weights.load import load_student
from secondhalf.store import Stage
from secondhalf.train import early_stopping
from secondhalf.train.examples import check_any, read, tokenise
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

_LOG = logging.getLogger(__name__)


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
        _LOG.warning(
            "%s: the student never learned %s: set train.turn_tokens to train, or train.template to plain.",
            label,
            named,
        )
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
