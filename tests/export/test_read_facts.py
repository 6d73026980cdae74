"""A report that counts: one of this version and of the stages that the run has now."""

from pathlib import Path

from secondhalf.analysis.facts import ProvenanceEntry
from secondhalf.export.card import read_facts
from support.disclosed_run import disclosed_run
from support.report_facts import rich


def test_a_report_of_stages_made_anew_since_is_none(tmp_path: Path) -> None:
    run = disclosed_run(tmp_path)
    assert read_facts(run) is None
    lines = [f"{label}: {link.stage}" for label, link in run.links().items()]
    assert lines
    path = run.folder / "report" / "facts.json"
    path.parent.mkdir(exist_ok=True)

    def counts(stages: list[str]) -> bool:
        noted = [ProvenanceEntry(label="stages", value="\n".join(stages))]
        path.write_text(rich("en").model_copy(update={"provenance": noted}).model_dump_json(), "utf-8")
        return read_facts(run) is not None

    assert counts(lines)
    assert not counts([lines[0].replace(lines[0].rpartition("/")[2], "0" * 16), *lines[1:]])
    assert not counts([*lines, "train:taught:9: train/gone"])


def test_a_report_of_another_version_is_none(tmp_path: Path) -> None:
    run = disclosed_run(tmp_path)
    path = run.folder / "report" / "facts.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text('{"of": "before"}', "utf-8")
    assert read_facts(run) is None
