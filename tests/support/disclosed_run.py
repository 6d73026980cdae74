"""A run made by hand in milliseconds, with whatever texts in its tables: what the documents are written from."""

import json
from pathlib import Path
from typing import Any

from secondhalf.models.reference import file_hash
from secondhalf.recipe import load_recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.rows import Document, Pair, Verdict, partition_by_verdicts, to_table, with_reasons
from secondhalf.runs import Run
from secondhalf.store import Stage, Store
from support.recipes import tiny_recipe

HASH = "ab" * 32
PLACES = {
    "corpus": "corpus/c", "clean": "clean/c", "split:taught": "split/s", "teach:taught": "teach/t", "audit:taught": "audit/a",
    "audit:original": "audit/o", "contamination:ifeval:taught": "contamination/i", "train:taught:1": "train/w",
}  # fmt: skip


def disclosed_run(
    folder: Path, text: str = "plain", *, student: str | None = "package:base/base.gguf", **changes: Any
) -> Run:
    """Three pairs of four documents: one is refused by clean. `text` stands wherever a run holds a stranger's words."""
    folder.mkdir(exist_ok=True)
    recipe = load_recipe(tiny_recipe(folder / "made.yaml", student, name="made", **changes))
    run = Run(recipe, folder / "runs" / "made", Store(folder / "store"))
    run.folder.mkdir(parents=True)
    (run.folder / "recipe.yaml").write_text(write_yaml(recipe, ""), "utf-8")
    languages = ["en", "en", "ja", "en"]
    documents = [
        Document(f"d{i}", f"{text} {i}", text, "https://example.org/page", f"{text} licence", language)
        for i, language in enumerate(languages)
    ]
    reasons = ["", "", "", f"{text}: adult or profane words"]
    verdicts = [
        [
            Verdict(one.id, "personal email", True, 1.0 if one.id == "d0" else 0.0),
            Verdict(one.id, "adult", not why, 0.5 if why else 0.0, why),
        ]
        for one, why in zip(documents, reasons, strict=True)
    ]
    _stage(run, "corpus", part=to_table(Document, documents), rows_in=4, rows=4)
    kept, refused, looked = partition_by_verdicts(Document, documents, verdicts)
    _stage(run, "clean", part=kept, rejects=refused, verdicts=looked, rows_in=4, rows=3, rejected=1)
    pairs = [
        Pair(f"{one.id}-0", one.id, "words", one.language, text, f"rest of {text}", f"reply {text}", "", "stop", 3, 4)
        for one in documents[:3]
    ]
    checks = [Verdict(pair.id, "instruction_prompt", pair.id != "d2-0", 1.0, "") for pair in pairs]
    _stage(run, "split:taught", part=to_table(Pair, pairs), rows_in=3, rows=3)
    _stage(run, "teach:taught", part=to_table(Pair, pairs), rows_in=3, rows=3, inputs={"model": HASH, "pairs": "s"})
    rejects = with_reasons(to_table(Pair, pairs[2:]), [Verdict("d2-0", "instruction_prompt", False, 1.0, text)])
    tables = {"part": to_table(Pair, pairs[:2]), "rejects": rejects, "verdicts": to_table(Verdict, checks)}
    _stage(run, "audit:taught", **tables, rows_in=3, rows=2, rejected=1)
    _stage(run, "audit:original", part=to_table(Pair, pairs), verdicts=to_table(Verdict, checks), rows_in=3, rows=3)
    met = [
        Verdict("p1", "contamination", True, 0.1),
        Verdict("p2", "contamination", False, 0.9, "met in the pair d0-0"),
    ]
    _stage(run, "contamination:ifeval:taught", part=to_table(Verdict, met), rows_in=2, rows=2)
    if student:
        _stage(
            run, "train:taught:1", rows_in=2, rows=2, inputs={"pairs": "a", "student": HASH}, tokens=900, steps=2,
            supervised_tokens=400, packages={"secondhalf": "0.3.0", "torch": "2.13.0+cpu"}, machine="Linux, 2 cores",
            revision="abc123",
        )  # fmt: skip
    links = {
        label: {"stage": place, "reused": False} for label, place in PLACES.items() if student or "train" not in label
    }
    (run.folder / "stages.json").write_text(json.dumps(links), "utf-8")
    return run


def exported(folder: Path, **record: object) -> Path:
    """A folder as `export` writes one of that run's arm taught; `record` replaces what its export.json says."""
    folder.mkdir()
    (folder / "README.md").write_text("# card\n", "utf-8")
    files = {"README.md": file_hash(folder / "README.md")}
    made = {"run": "made", "arm": "taught", "seed": 1, "stage": PLACES["train:taught:1"], "files": files, **record}
    (folder / "export.json").write_text(json.dumps(made), "utf-8")
    return folder


def _stage(run: Run, label: str, **counts: Any) -> None:
    stage = Stage(run.store.root / PLACES[label])
    stage.path.mkdir(parents=True)
    for kind in ("part", "rejects", "verdicts"):
        if kind in counts:
            stage.write(kind, 0, counts.pop(kind))
    if label.startswith("train"):
        (stage.path / "adapter").mkdir()
        (stage.path / "adapter" / "adapter_model.safetensors").write_bytes(b"weights")
    stage.finish({"rejected": 0, "seconds": 1.5, "inputs": {}, **counts})
