"""One arm under one seed: pairs and a student in, an adapter and its log out."""

import shutil
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from secondhalf.models.context import context
from secondhalf.models.convert import student_folder
from secondhalf.models.local import load_student
from secondhalf.models.reference import Model
from secondhalf.store import Stage
from secondhalf.train import early_stopping
from secondhalf.train.adapter import write_adapter
from secondhalf.train.examples import check_any, examples
from secondhalf.train.loggers import following
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import train, with_lora, write_log
from secondhalf.train.turn_tokens import turn_tokens, untrained

VERSION = 1


def plain(settings: TrainSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the settings without the list of seeds, this seed, and the template's text."""
    decided = settings.model_dump(mode="json", exclude={"seeds", "checkpoint_steps", "loggers"})
    # Fields that came later decide nothing at their default, so that what was trained before them is found again.
    if not settings.early_stopping.patience:
        del decided["early_stopping"]
    if settings.turn_tokens == "frozen":
        del decided["turn_tokens"]
    return {**decided, "seed": seed, "template": settings.template.name, "template_text": settings.template.text}


def fit(
    pairs: pa.Table,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path = Path("runs"),
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors), log.jsonl, rejects- and verdicts- tables. Loggers write under `run`."""
    tokenizer, base = load_student(student_folder(student.path, student.identity))
    parts = [examples(part, tokenizer, settings.template, settings, context(base)) for part in phases(pairs)]
    chosen, held = ([example for part in parts for example in part[kind]] for kind in (0, 1))
    rejects, verdicts = (pa.concat_tables([part[kind] for part in parts]).sort_by("id") for kind in (2, 3))
    stage.write("verdicts", 0, verdicts)
    stage.write("rejects", 0, rejects)
    check_any(label, pairs.num_rows, chosen, rejects)
    unused = untrained(base, turn_tokens(tokenizer, settings.template))
    if unused and settings.turn_tokens == "frozen":
        named = ", ".join(str(tokenizer.convert_ids_to_tokens(token)) for token in unused)
        told = (
            f"{label}: the student never learned {named}: set train.turn_tokens to train, or train.template to plain."
        )
        print(f"secondhalf: {told}", file=sys.stderr)
    model = with_lora(base, settings, seed, unused if settings.turn_tokens == "train" else [])
    checkpoints = stage.path / "checkpoints"
    sizes = [len(part[0]) for part in parts]
    with following(settings.loggers, run, label.removeprefix("train "), settings.model_dump() | {"seed": seed}) as tell:
        log = train(model, chosen, held, settings, seed, checkpoints, label, sizes, tell)
    write_adapter(model, stage.path / "adapter", student.reference)
    write_log(stage.path / "log.jsonl", log)
    shutil.rmtree(checkpoints)
    supervised = sum(label != -100 for _, labels in chosen for label in labels)
    return {
        "rows_in": pairs.num_rows,
        "rows": len(chosen) + len(held),
        "rejected": rejects.num_rows,
        "held_out": len(held),
        "steps": len(log),
        "tokens": log[-1]["tokens"],
        "supervised_tokens": supervised,
        "loss": log[-1]["loss"],
        **early_stopping.told(settings.early_stopping, log),
        "untrained_tokens": len(unused),
    }


def phases(pairs: pa.Table) -> list[pa.Table]:
    """The pairs in the tables that are trained one after the other, by their column `phase`; without it, one."""
    if "phase" not in pairs.column_names:
        return [pairs]
    place = pairs.column("phase")
    return [pairs.filter(pc.equal(place, phase)) for phase in sorted(pc.unique(place).to_pylist())] or [pairs]
