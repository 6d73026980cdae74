"""The stage of one arm under one seed: made by one process or by several."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.reference import Model
from secondhalf.models.weights.convert import student_folder
from secondhalf.store import Stage
from secondhalf.train.fit import fitted
from secondhalf.train.launch import launched
from secondhalf.train.settings import TrainSettings
from secondhalf.train.team import Team

VERSION = (2,)  # 2: with qlora, gradients were lost on CPUs before


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
