"""A run made by hand whose data sets and arms have the pairs that a test wants, and nothing else."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from secondhalf.recipe import load_recipe
from secondhalf.recipe.file import write_yaml
from secondhalf.rows import Document, Pair, to_table
from secondhalf.runs import Run
from secondhalf.store import Stage, Store
from support.recipes import tiny_recipe


def some_pairs(count: int, finish: str = "stop") -> list[Pair]:
    """Pairs of documents that differ, every third in Japanese, with blanks around their halves."""
    texts = [
        ("The river rises and ", " it falls.", "it sinks again."),
        ("川は増水し、", "やがて引く。", "また\n静かに流れる。"),
    ]
    return [
        Pair(
            f"d{n:03}-0", f"d{n:03}", "words", "ja" if n % 3 == 0 else "en", f"{n} {start}", rest, f"{reply} {n}", "dummy", finish, n, 4,
        )
        for n in range(count)
        for start, rest, reply in [texts[n % 3 == 0]]
    ]  # fmt: skip


LICENCES = ("", "CC0-1.0", "CC0-1.0", "CC0-1.0", "CC0-1.0")


def paired_run(
    folder: Path, stages: dict[str, Sequence[Pair]], *, licences: Sequence[str] = LICENCES, **changes: Any
) -> Run:
    """The run "made": `stages` are pairs by label, such as audit:taught.

    Every pair has a document with a source and one of the licences in turns; without licences none has.
    """
    folder.mkdir(exist_ok=True)
    recipe = load_recipe(tiny_recipe(folder / "made.yaml", "hf:org/base@main", name="made", **changes))
    run = Run(recipe, folder / "runs" / "made", Store(folder / "store"))
    run.folder.mkdir(parents=True)
    (run.folder / "recipe.yaml").write_text(write_yaml(recipe, ""), "utf-8")
    ids = sorted({pair.document for pairs in stages.values() for pair in pairs})
    documents = [
        Document(
            id,
            "",
            "a library",
            f"{'https://example.org' if n % 2 else '/home/me'}/{id}#0",
            licences[n % len(licences)],
            "en",
        )
        for n, id in enumerate(ids if licences else [])
    ]
    tables = {
        "deduplicate": to_table(Document, documents),
        **{label: to_table(Pair, pairs) for label, pairs in stages.items()},
    }
    links = {}
    for number, (label, table) in enumerate(tables.items()):
        place = f"{label.partition(':')[0]}/k{number}"
        stage = Stage(run.store.root / place)
        stage.path.mkdir(parents=True)
        stage.write("part", 0, table)
        stage.finish({"rows_in": table.num_rows, "rows": table.num_rows, "rejected": 0, "seconds": 1.0, "inputs": {}})
        links[label] = {"stage": place, "reused": False}
    (run.folder / "stages.json").write_text(json.dumps(links), "utf-8")
    return run
