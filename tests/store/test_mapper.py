"""The parts of a stage are the same whoever made them: one process or several."""

from functools import partial
from pathlib import Path

import pytest

from secondhalf.clean.stage import CleanSettings, clean_documents
from secondhalf.rows import Document, digest, to_table
from secondhalf.store import Stage, mapper
from secondhalf.store.workers import Workers
from support.user_module import write_module

FILTER = """
    import re
    from secondhalf.rows import Verdict

    def odd(document):
        number = int(re.search("[0-9]+", document.text).group())
        return Verdict(document.id, "", number % 2 == 0, float(number), "an odd bridge" if number % 2 else "")
    """


def test_a_pool_writes_what_one_process_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapper, "ROWS_PER_PART", 20)
    monkeypatch.chdir(tmp_path)
    # What a process of the pool gets is the function's name: it finds the module in the current folder by itself.
    path = f"{write_module(FILTER)}:odd"
    texts = [f"Document {n} tells of the {n}th bridge over the river. It is told in two sentences." for n in range(90)]
    rows = sorted((Document(digest(text), text, "test") for text in texts), key=lambda row: row.id)
    for workers in (1, 2):
        stage = Stage(tmp_path / "clean" / str(workers))
        stage.path.mkdir(parents=True)
        counts = mapper.map_table(
            stage,
            to_table(Document, rows),
            partial(clean_documents, settings=CleanSettings(filters=[path])),
            "clean",
            workers=Workers(workers),
        )
        assert counts["rows_in"] == 90 == counts["rows"] + counts["rejected"]
    alone, together = (
        {path.name: path.read_bytes() for path in (tmp_path / "clean" / workers).glob("*.parquet")} for workers in "12"
    )
    assert len(alone) == 15
    verdicts = [row for row in Stage(tmp_path / "clean" / "2").read("verdicts").to_pylist() if row["check"] == path]
    assert [sum(row["passed"] is passed for row in verdicts) for passed in (True, False)] == [45, 45]
    assert alone == together
