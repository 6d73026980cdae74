"""One arm under one seed: pairs and a student in, an adapter and its log out."""

import json
import shutil
import sys
from typing import Any

import pyarrow as pa

from secondhalf.models.convert import student_folder
from secondhalf.models.local import load_student
from secondhalf.models.quiet import quiet
from secondhalf.models.reference import Model
from secondhalf.store import Stage
from secondhalf.train.examples import examples
from secondhalf.train.settings import TrainSettings
from secondhalf.train.trainer import train, with_lora, write_log
from secondhalf.train.turn_tokens import turn_tokens, untrained

VERSION = 1


def plain(settings: TrainSettings, seed: int) -> dict[str, Any]:
    """What decides the stage: the settings without the list of seeds, this seed, and the template's text."""
    decided = settings.model_dump(mode="json", exclude={"seeds", "checkpoint_steps"})
    if settings.turn_tokens == "frozen":
        del decided["turn_tokens"]  # as it was before there was a choice
    return {**decided, "seed": seed, "template": settings.template.name, "template_text": settings.template.text}


def fit(
    pairs: pa.Table, student: Model, settings: TrainSettings, seed: int, stage: Stage, label: str
) -> dict[str, Any]:
    """Writes adapter/ (PEFT, safetensors), log.jsonl, rejects- and verdicts- tables."""
    tokenizer, base = load_student(student_folder(student.path, student.identity))
    chosen, held, rejects, verdicts = examples(pairs, tokenizer, settings.template, settings)
    stage.write("verdicts", 0, verdicts)
    stage.write("rejects", 0, rejects)
    unused = untrained(base, turn_tokens(tokenizer, settings.template))
    if unused and settings.turn_tokens == "frozen":
        named = ", ".join(str(tokenizer.convert_ids_to_tokens(token)) for token in unused)
        told = f"{label}: the student never learned {named}: set train.turn_tokens to train, or train.template to plain."
        print(f"secondhalf: {told}", file=sys.stderr)
    model = with_lora(base, settings, seed, unused if settings.turn_tokens == "train" else [])
    checkpoints = stage.path / "checkpoints"
    log = train(model, chosen, held, settings, seed, checkpoints, label)
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
        "untrained_tokens": len(unused),
    }
