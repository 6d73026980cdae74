"""`secondhalf export RUN --arm ARM --as FORM --out FOLDER`: the forms one after the other, each checked, then the card.

All is written into a hidden folder beside FOLDER, which gets its name when everything stands: a half export never looks
whole.
"""

import json
import shutil
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.export.adapter import write_adapter
from secondhalf.export.card import model_card, stated_licence
from secondhalf.export.gguf.writer import write_gguf
from secondhalf.export.merged import write_merged
from secondhalf.export.modelfile import NOT_RUN_IN_OLLAMA, modelfile_text
from secondhalf.export.new_folder import check_new, new_folder
from secondhalf.export.parity import Parity, check_gguf, check_transformers, reference_answers
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import file_hash
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.runs import Run
from secondhalf.runs.trained import TrainedArm, trained_arm
from secondhalf.store.environment import current_environment

FORMS = {  # what each choice of --as writes
    "adapter": ("adapter",),
    "merged": ("merged",),
    "gguf": ("gguf",),
    "ollama": ("gguf", "ollama"),
    "all": ("adapter", "merged", "gguf", "ollama"),
}


def export_arm(run: Run, arm: str, seed: int | None, *, form: str, kind: str, out: Path) -> list[Parity]:
    """Writes the forms into `out` and returns their checks. `kind`: the GGUF's type, bf16, f16 or q8_0.

    Raises UserError for a folder that exists, too little disk or memory, and what a form cannot hold.
    """
    check_new(out)
    trained = trained_arm(run, arm, seed)
    forms = [name for name in FORMS[form] if not (form == "all" and name == "adapter" and trained.adapter is None)]
    with new_folder(out) as work:
        _check_disk(trained, forms, work)
        checks = _write(trained, forms, kind, work)
    return checks


def export_summary(checks: list[Parity], out: Path, forms: str) -> str:
    """The checks and the folder, for people."""
    lines = [check.summary() for check in checks]
    hostile = [check for check in checks if check.hostile_ids_equal < check.hostile]
    if hostile:
        lines.append(
            "Texts that spell special tokens become them in programs that tokenise a rendered chat template "
            f"({', '.join(check.form for check in hostile)}): take such words out of what strangers write."
        )
    return "\n".join([*lines, *([NOT_RUN_IN_OLLAMA] if forms in {"ollama", "all"} else []), f"\nThe export: {out}"])


def _check_disk(trained: TrainedArm, forms: list[str], parent: Path) -> None:
    weights = sum(file.stat().st_size for file in (trained.model or trained.base).glob("*.safetensors"))
    needed = weights * 2 * sum(form in {"merged", "gguf"} for form in forms) + (100 << 20)
    free = shutil.disk_usage(parent).free
    if needed > free:
        raise UserError(
            f"The export needs up to {needed >> 20} MB of disk, {free >> 20} MB are free at {parent.parent}."
        )


def _write(trained: TrainedArm, forms: list[str], kind: str, work: Path) -> list[Parity]:
    """Forms and their checks: the merged folder is the GGUF's source, and leaves again where it was not asked for."""
    student = StudentModel(trained.base)
    reference = reference_answers(trained, student)
    tokenizer = student.tokenizer
    stops = trained.template.stop_ids(tokenizer)
    files: dict[str, str] = {}
    checks: list[Parity] = []
    if "adapter" in forms:
        write_adapter(trained, work / "adapter")
        student.use(work / "adapter")
        checks.append(check_transformers("adapter", reference, student, load_tokenizer(work / "adapter"), stops))
        files["adapter"] = "adapter"
    del student  # one model in memory at a time
    merged = work / "merged"
    if {"merged", "gguf"} & set(forms):
        merged.mkdir()
        write_merged(trained, merged)
    if "merged" in forms:
        checks.append(check_transformers("merged", reference, StudentModel(merged), load_tokenizer(merged), stops))
        files["merged"] = "merged"
    if "gguf" in forms:
        files["gguf"] = f"{trained.label}-{kind}.gguf"
        source = trained.student.path if trained.student.is_gguf else None
        write_gguf(merged, source, trained.template, work / files["gguf"], kind, trained.label)
        checks.append(check_gguf(f"gguf {kind}", reference, work / files["gguf"], stops))
    if "ollama" in forms:
        (work / "Modelfile").write_text(modelfile_text(trained, tokenizer, files["gguf"]), "utf-8")
        files["ollama"] = "Modelfile"
    if merged.is_dir() and "merged" not in forms:
        shutil.rmtree(merged)
    readme = model_card(trained, files, checks, stated_licence(trained))
    for folder in (work, *(work / name for form, name in files.items() if form in {"adapter", "merged"})):
        (folder / "README.md").write_text(readme, "utf-8")
    record = json.dumps(_record(trained, files, checks, work), indent=2, ensure_ascii=False) + "\n"
    (work / "export.json").write_text(record, "utf-8")
    return checks


def _record(trained: TrainedArm, files: dict[str, str], checks: list[Parity], work: Path) -> dict[str, Any]:
    return {
        "run": trained.recipe.name,
        "arm": trained.name,
        "seed": trained.seed,
        "stage": trained.stage,
        "student": {"reference": trained.student.reference, "identity": trained.student.identity},
        "template": {"name": trained.template.name, "text": trained.template.text},
        "train": trained.arm.train.model_dump(mode="json"),
        "forms": files,
        "parity": [check.as_dict() for check in checks],
        "not_checked": [NOT_RUN_IN_OLLAMA] if "ollama" in files else [],
        "files": {str(path.relative_to(work)): file_hash(path) for path in sorted(work.rglob("*")) if path.is_file()},
        "made_with": current_environment(),
    }
