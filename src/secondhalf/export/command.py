"""`secondhalf export RUN --arm ARM --as FORM --out FOLDER`: the forms one after the other, each checked, then the card.

All is written into a hidden folder beside FOLDER, which gets its name when everything stands: a half export never looks
whole.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.export import parity
from secondhalf.export.adapter import write_adapter
from secondhalf.export.card import card
from secondhalf.export.gguf.write import write_gguf
from secondhalf.export.merged import write_merged
from secondhalf.export.modelfile import STAND_IN, modelfile
from secondhalf.export.parity import Parity
from secondhalf.models.generation.student import Local
from secondhalf.models.reference import file_hash
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.runs import Run
from secondhalf.runs.trained import TrainedArm, trained_arm
from secondhalf.store.environment import surroundings

FORMS = {  # what each choice of --as writes
    "adapter": ("adapter",),
    "merged": ("merged",),
    "gguf": ("gguf",),
    "ollama": ("gguf", "ollama"),
    "all": ("adapter", "merged", "gguf", "ollama"),
}


def export(run: Run, arm: str, seed: int | None, *, form: str, kind: str, out: Path) -> list[Parity]:
    """Writes the forms into `out` and returns their checks. `kind`: the GGUF's type, bf16, f16 or q8_0.

    Raises UserError for a folder that exists, too little disk or memory, and what a form cannot hold.
    """
    if out.exists():
        raise UserError(f"{out} exists: name another --out; an export overwrites nothing.")
    chosen = trained_arm(run, arm, seed)
    forms = [name for name in FORMS[form] if not (form == "all" and name == "adapter" and chosen.adapter is None)]
    out.parent.mkdir(parents=True, exist_ok=True)
    _check_disk(chosen, forms, out.parent)
    work = Path(tempfile.mkdtemp(dir=out.parent, prefix=f".{out.name}.part-"))
    try:
        checks = _write(chosen, forms, kind, work)
        work.chmod(0o755)
        for path in work.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)  # weights are written for their owner alone
        if out.exists():
            raise UserError(f"{out} was made meanwhile: name another --out.")
        work.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return checks


def told(checks: list[Parity], out: Path, forms: str) -> str:
    """The checks and the place, for people."""
    lines = [check.told() for check in checks]
    hostile = [check for check in checks if check.hostile_ids_equal < check.hostile]
    if hostile:
        lines.append(
            "Texts that spell special tokens become them in programs that tokenise a rendered chat template "
            f"({', '.join(check.form for check in hostile)}): take such words out of what strangers write."
        )
    return "\n".join([*lines, *([STAND_IN] if forms in {"ollama", "all"} else []), f"\nThe export: {out}"])


def _check_disk(chosen: TrainedArm, forms: list[str], parent: Path) -> None:
    size = sum(file.stat().st_size for file in (chosen.model or chosen.base).glob("*.safetensors"))
    need = size * 2 * sum(form in {"merged", "gguf"} for form in forms) + (100 << 20)
    free = shutil.disk_usage(parent).free
    if need > free:
        raise UserError(f"The export needs up to {need >> 20} MB of disk, {free >> 20} MB are free at {parent}.")


def _write(chosen: TrainedArm, forms: list[str], kind: str, work: Path) -> list[Parity]:
    """Forms and their checks: the merged folder is the GGUF's source, and leaves again where it was not asked for."""
    student = Local(chosen.base)
    said = parity.ours(chosen, student)
    tokenizer = student.tokenizer
    stops = chosen.template.stop_ids(tokenizer)
    files: dict[str, str] = {}
    checks: list[Parity] = []
    if "adapter" in forms:
        write_adapter(chosen, work / "adapter")
        student.use(work / "adapter")
        checks.append(parity.of_local("adapter", said, student, load_tokenizer(work / "adapter"), stops))
        files["adapter"] = "adapter"
    del student  # one model in memory at a time
    merged = work / "merged"
    if {"merged", "gguf"} & set(forms):
        merged.mkdir()
        write_merged(chosen, merged)
    if "merged" in forms:
        checks.append(parity.of_local("merged", said, Local(merged), load_tokenizer(merged), stops))
        files["merged"] = "merged"
    if "gguf" in forms:
        files["gguf"] = f"{chosen.label}-{kind}.gguf"
        source = chosen.student.path if chosen.student.is_gguf else None
        write_gguf(merged, source, chosen.template, work / files["gguf"], kind, chosen.label)
        checks.append(parity.of_gguf(f"gguf {kind}", said, work / files["gguf"], stops))
    if "ollama" in forms:
        (work / "Modelfile").write_text(modelfile(chosen, tokenizer, files["gguf"]), "utf-8")
        files["ollama"] = "Modelfile"
    if merged.is_dir() and "merged" not in forms:
        shutil.rmtree(merged)
    readme = card(chosen, files, checks, _licence(chosen))
    for place in (work, *(work / name for form, name in files.items() if form in {"adapter", "merged"})):
        (place / "README.md").write_text(readme, "utf-8")
    told = json.dumps(_record(chosen, files, checks, work), indent=2, ensure_ascii=False) + "\n"
    (work / "export.json").write_text(told, "utf-8")
    return checks


def _licence(chosen: TrainedArm) -> str:
    """What the student's GGUF says of its licence."""
    if not chosen.student.is_gguf:
        return ""
    import gguf

    field = gguf.GGUFReader(str(chosen.student.path)).fields.get("general.license")
    return str(field.contents()) if field else ""


def _record(chosen: TrainedArm, files: dict[str, str], checks: list[Parity], work: Path) -> dict[str, Any]:
    return {
        "run": chosen.recipe.name,
        "arm": chosen.name,
        "seed": chosen.seed,
        "student": {"reference": chosen.student.reference, "identity": chosen.student.identity},
        "template": {"name": chosen.template.name, "text": chosen.template.text},
        "train": chosen.arm.train.model_dump(mode="json"),
        "forms": files,
        "parity": [check.as_dict() for check in checks],
        "not_checked": [STAND_IN] if "ollama" in files else [],
        "files": {str(path.relative_to(work)): file_hash(path) for path in sorted(work.rglob("*")) if path.is_file()},
        "made_with": surroundings(),
    }
