"""One arm under one seed: pairs and a student in, an adapter and its log out."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa

from secondhalf.models.convert import student_folder
from secondhalf.models.local import load_student
from secondhalf.models.quiet import quiet
from secondhalf.models.reference import Model
from secondhalf.models.template import Template
from secondhalf.store import Stage
from secondhalf.train import early_stopping
from secondhalf.train.examples import examples
from secondhalf.train.loggers import following
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import train, with_lora, write_log

VERSION = 1


def plain(settings: TrainSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the settings without the list of seeds, this seed, and the template's text."""
    decided = settings.model_dump(mode="json", exclude={"seeds", "checkpoint_steps", "loggers"})
    if not settings.early_stopping.patience:
        del decided["early_stopping"]
    return {**decided, "seed": seed, "template_text": Template.named(settings.template).text}


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
    template = Template.named(settings.template)
    chosen, held, rejects, verdicts = examples(pairs, tokenizer, template, settings)
    stage.write("verdicts", 0, verdicts)
    stage.write("rejects", 0, rejects)
    model = with_lora(base, settings, seed)
    checkpoints = stage.path / "checkpoints"
    with following(settings.loggers, run, label.removeprefix("train "), settings.model_dump() | {"seed": seed}) as tell:
        log = train(model, chosen, held, settings, seed, checkpoints, label, tell)
    adapter = stage.path / "adapter"
    with quiet():
        model.save_pretrained(adapter)
    # PEFT writes the student's folder into the adapter: a path of this machine, of no use elsewhere.
    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    config["base_model_name_or_path"] = student.reference
    (adapter / "adapter_config.json").write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", "utf-8")
    (adapter / "README.md").unlink(missing_ok=True)
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
    }
