"""Pairs by source, licence and host; pairs of no document; and an arm that is composed of several data sets."""

import json
from pathlib import Path

from secondhalf.analysis.tables import RunTables
from secondhalf.disclosure.training_data import training_data
from secondhalf.rows import Document, Pair, to_table
from secondhalf.runs import Run
from secondhalf.store import Stage
from support.disclosed_run import disclosed_run

URLS = ["https://a.example/1", "http://A.example:80/2", "http://[broken", "ftp://b.example", "texts.jsonl#3"]


def added(run: Run, label: str, stage: str, table: object) -> None:
    made = Stage(run.store.root / stage)
    made.path.mkdir(parents=True)
    made.write("part", 0, table)
    made.finish({"rows_in": 1, "rows": 1, "rejected": 0, "inputs": {}})
    links = json.loads((run.folder / "stages.json").read_text("utf-8"))
    links[label] = {"stage": stage, "reused": False}
    (run.folder / "stages.json").write_text(json.dumps(links), "utf-8")


def test_an_arm_of_several_data_sets(tmp_path: Path) -> None:
    """What is composed is described, not what it was composed of; a pair of no document has no source."""
    arms = {"taught": {"data": {"taught": 1, "original": 1}}}
    run = disclosed_run(tmp_path, arms=arms)
    documents = [Document(f"x{i}", "t", "web", url, "MIT" if i else "", "en") for i, url in enumerate(URLS)]
    added(run, "deduplicate", "deduplicate/d", to_table(Document, documents))
    pairs = [Pair(f"x{i}-0", f"x{i}", "words", "en", "p", "o", "ré") for i in range(6)]
    added(run, "compose:taught", "compose/c", to_table(Pair, pairs))
    [data] = training_data(RunTables(run), "taught")
    assert (data.name, str(data.label), data.pairs, data.size) == ("taught", "compose:taught", 6, 6 * 4)
    assert (data.sources, data.licences, data.unsourced) == ({"web": 5}, {"MIT": 4, "": 1}, 1)
    assert data.hosts == {"a.example": 2}
    assert [model.reference for model in data.writers] == ["dummy"]


def test_an_arm_that_carries_another_s_adapter_has_its_data(tmp_path: Path) -> None:
    arms = {"carried": {"student": "base", "adapter_from": "taught", "scale": 0.5, "train": {"seeds": [1, 2]}}}
    run = disclosed_run(tmp_path, arms=arms)
    assert [one.name for one in training_data(RunTables(run), "carried")] == ["taught"]
