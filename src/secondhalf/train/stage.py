"""The train stage: accepted pairs in, an adapter out, and what was refused for its length."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.convert import student_folder
from secondhalf.models.reference import Model
from secondhalf.store import Stage, write_atomically
from secondhalf.train.encode import encode, held_out
from secondhalf.train.settings import TrainSettings
from secondhalf.train.template import Template

VERSION = 1


def plain(settings: TrainSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the settings with the template's text instead of its name, and one seed."""
    kept = settings.model_dump(mode="json", exclude={"seeds", "template"})
    return {**kept, "seed": seed, "template": template_text(settings.template)}


def template_text(name: str) -> str:
    """The text of a template by its name, or the name `tokenizer`, whose text the student holds."""
    return Template.named(name).text or name


def fit(
    pairs: pa.Table, student: Model, settings: TrainSettings, seed: int, stage: Stage, label: str
) -> dict[str, Any]:
    """`train` on a resolved student, into the stage's folder."""
    return train(pairs, student_folder(student.path, student.identity), settings, seed, stage.path, label)


def train(
    pairs: pa.Table, student: Path, settings: TrainSettings, seed: int, out: Path, label: str = "train"
) -> dict[str, Any]:
    """Trains on a table of Pair and writes adapter/, log.jsonl, template.jinja, rejects and verdicts under `out`.

    Returns the figures of trainer.fit with rows_in, rows, rejected. Raises UserError as it does.
    """
    from secondhalf.models.student import load_tokenizer
    from secondhalf.train import trainer

    out.mkdir(parents=True, exist_ok=True)
    stage, template = Stage(out), Template.named(settings.template)
    examples, rejects, verdicts = encode(pairs, load_tokenizer(student), template, settings)
    stage.write("rejects", 0, rejects)
    stage.write("verdicts", 0, verdicts)
    write_atomically(out / "template.jinja", template_text(settings.template) + "\n")
    learned, apart = held_out(examples, settings.held_out)
    figures = trainer.fit(learned, apart, student, settings, seed, out, label)
    counts = {"rows_in": pairs.num_rows, "rows": len(examples), "rejected": rejects.num_rows}
    return {**counts, **figures}
