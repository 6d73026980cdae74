"""What a run holds, as its certificate says it: the hashes of its files, and counts, audit, licences, models and code."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from secondhalf.analysis.instruction_share import instruction_shares
from secondhalf.analysis.rejects import reasons
from secondhalf.analysis.tables import RunTables
from secondhalf.certify.audit import audited_pairs, benchmarks_in_pairs, instructions_in_pairs
from secondhalf.certify.decisions import PATTERN, check_decisions
from secondhalf.certify.files import TABLE, NotAFileError, hash_file, table_rows
from secondhalf.certify.predicate import CertifiedStage, Licences, MadeWith, ModelInRun, RunContents
from secondhalf.errors import UserError
from secondhalf.runs import Label, Run
from secondhalf.store import Stage
from secondhalf.store.checksums import stage_files
from secondhalf.store.recorded import read_recorded
from secondhalf.store.stage import stage_key

PAGE = "index.html"
DOCUMENTS = (PAGE, "croissant.json", "data-card.md", "bom.cdx.json", "model-card.md", "eu-summary.md", "ab2013.md")
"""What `secondhalf document` writes into proof/ of a run's folder."""
_ELSEWHERE = {
    "checksum", "checksums", "inputs", "key", "machine", "packages", "python", "reasons", "rejected", "revision", "rows",
    "rows_in", "settings", "stage", "version",
}  # fmt: skip
"""Of a manifest: what stands in other fields of a certificate, or is held by the stage's key or the hashes of its files."""
_MODEL_ROLES = ("model", "draft", "student")
_CLEANED = (Label("deduplicate"), Label("clean"), Label("corpus"))


def run_subjects(run: Run) -> dict[str, str]:
    """SHA-256 of every file of the run's stages, its recipe, and the decisions and documents about it, by the subject's name.

    Raises UserError where a stage or a decision is not whole or damaged, and where the run has no stage.
    """
    about = ("recipe.yaml", *files_about(run.folder))
    hashes = {f"run/{name}": _hash(run.folder, name, run.folder / name) for name in about}
    check_decisions(run)
    stages = run.stages()
    if not stages:
        raise UserError(f"{run.folder.name} has no stages yet: `secondhalf run RECIPE` first.")
    for label, stage in stages.items():
        if not stage.whole:
            raise UserError(f"{run.folder.name}: {label} is not whole: `secondhalf run RECIPE` ends it.")
        stage.check()
        for name, path in stage_files(stage.path):
            # From the store on, as `verify` looks at it: a stage behind a link would never be intact.
            below = f"{stage.name}/{stage.key}/{name}"
            hashes[f"store/{below}"] = _hash(run.store.root, below, path)
    return hashes


def _hash(place: Path, name: str, path: Path) -> str:
    try:
        return hash_file(place, name)
    except NotAFileError as error:
        raise UserError(f"{path} cannot be certified ({error}): put the file itself there.") from error


def files_about(folder: Path) -> list[str]:
    """What a gate decided about the run, where one was asked, and the documents about it, as they are now."""
    paths = [*folder.glob(PATTERN), *(path for name in DOCUMENTS if (path := folder / "proof" / name).exists())]
    return [path.relative_to(folder).as_posix() for path in sorted(paths)]


def run_contents(run: Run) -> RunContents:
    """What the certificate says of the run. Raises UserError where a stage is damaged, or its key is not that of its settings."""
    stages = run.stages()
    manifests = {label: _manifest(stage) for label, stage in stages.items()}
    return RunContents(
        run=run.recipe.name,
        stages=[_stage(label, stage, manifests[label]) for label, stage in stages.items()],
        audit=audited_pairs(run.recipe, stages),
        instructions=instructions_in_pairs(instruction_shares(RunTables(run))),
        decontamination=benchmarks_in_pairs(run.recipe, stages),
        licences=_licences(run, stages),
        models=_models(manifests),
        made_with=_made_with(manifests),
        recipe=read_recorded(run.folder / "recipe.yaml", "certify the run as its recipe made it."),
    )


def _manifest(stage: Stage) -> dict[str, Any]:
    manifest = stage.manifest
    if isinstance(manifest["version"], list):  # secondhalf 0.1 made keys in another way
        key = stage_key(tuple(manifest["version"]), manifest["settings"], manifest["inputs"])
        if key != stage.key:
            raise UserError(f"{stage.path}: manifest.json is not what the stage was made by: its key would be {key}.")
    return manifest


def _stage(label: Label, stage: Stage, manifest: dict[str, Any]) -> CertifiedStage:
    rows = {name: table_rows(path) for name, path in stage_files(stage.path) if TABLE.fullmatch(name)}
    return CertifiedStage(
        label=str(label),
        stage=f"{stage.name}/{stage.key}",
        inputs={name: str(value) for name, value in manifest["inputs"].items()},
        rows_in=manifest.get("rows_in"),
        rows=manifest.get("rows"),
        rejected=manifest.get("rejected"),
        reasons={reason: count for reason, count, _ in reasons(stage)},
        measured={name: json.dumps(value) for name, value in sorted(manifest.items()) if name not in _ELSEWHERE},
        tables={name: count for name, count in rows.items() if count is not None},
    )


def _models(manifests: dict[Label, dict[str, Any]]) -> list[ModelInRun]:
    labels: dict[tuple[str, str], list[str]] = {}
    for label, manifest in manifests.items():
        for name, identity in manifest["inputs"].items():
            role = name.partition(" ")[0]  # "model NAME" is one of several teachers
            if role in _MODEL_ROLES and identity:
                labels.setdefault((role, str(identity)), []).append(str(label))
    return [ModelInRun(role=role, identity=identity, labels=on) for (role, identity), on in sorted(labels.items())]


def _licences(run: Run, stages: dict[Label, Stage]) -> Licences:
    documents: Counter[str] = Counter()
    last = next((label for label in _CLEANED if label in stages), None)
    for table in stages[last].tables() if last else ():
        for row in pc.value_counts(table.column("licence")).to_pylist():
            documents[row["values"]] += row["counts"]
    corpus = run.recipe.corpus
    return Licences(corpus=corpus.licence, documents=dict(sorted(documents.items())), notices=list(run.recipe.notices))


def _made_with(manifests: dict[Label, dict[str, Any]]) -> list[MadeWith]:
    """Each environment once, with the stages that were made in it."""
    environments: list[tuple[dict[str, Any], list[str]]] = []
    for label, manifest in manifests.items():
        here = {
            "revision": manifest.get("revision", ""),
            "python": manifest.get("python", ""),
            "packages": manifest.get("packages", {}),
            "machine": manifest.get("machine", ""),
        }
        labels = next((labels for other, labels in environments if other == here), None)
        if labels is None:
            environments.append((here, [str(label)]))
        else:
            labels.append(str(label))
    return [MadeWith(labels=labels, **here) for here, labels in environments]
