"""Flips bits in the files of a run and its store, and reads all that commands read of them."""

import random
from pathlib import Path
from typing import Any

from secondhalf.commands.show import show
from secondhalf.export.card import read_facts
from secondhalf.models.journal.view import JournalView
from secondhalf.runs import Run
from secondhalf.runs.links import read_links
from secondhalf.runs.trained import trained_arm
from secondhalf.store import Store
from secondhalf.train.log import read_log


def files(folder: Path) -> list[Path]:
    """The files of the store and of the run's folder that are not empty."""
    paths = [path for name in ("store", "runs") for path in sorted((folder / name).rglob("*"))]
    return [path for path in paths if path.is_file() and path.stat().st_size]


def flip(path: Path, seed: str) -> None:
    """Flips one bit of a file, chosen by the seed."""
    data = bytearray(path.read_bytes())
    bit = random.Random(seed).randrange(8 * len(data))
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def everything(folder: Path) -> dict[str, Any]:
    """What is read of the run `tiny` and of the journal: tables, manifests, logs, adapters and replies, from which all figures are
    computed. Raises UserError for damage."""
    run = Run.at(folder / "runs" / "tiny", Store(folder / "store"))
    tables = {}
    for label, stage in run.stages().items():
        kinds = sorted({path.name.rpartition("-")[0] for path in stage.path.glob("*.parquet")})
        tables[str(label)] = {kind: stage.read(kind).to_pylist() for kind in kinds}, stage.manifest
    trained = [
        trained_arm(run, name, seed).manifest
        for name, arm in run.recipe.arms.items()
        if arm.trained
        for seed in arm.train.seeds
    ]
    journal = JournalView(folder / "store" / "journal.sqlite")
    replies = sorted(journal.lines(), key=lambda line: line["key"])
    shown = [show(run, as_json=True, whole=whole) for whole in (False, True)]
    logs = [read_log(stage) for label, stage in run.stages().items() if label.stage == "train"]
    links = read_links(run.folder)
    return {
        "logs": logs, "tables": tables, "trained": trained, "replies": replies, "models": journal.models(), "shown": shown,
        "links": links, "card": read_facts(run), "recipe": run.recipe,
    }  # fmt: skip
