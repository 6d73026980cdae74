"""The rates are those of the results, hours and bytes follow the work, and what is full first is found."""

import sys
from pathlib import Path

import pytest

from secondhalf.commands.doctor import scale
from secondhalf.commands.doctor.scale import Capacity, Workload, capacities, first_full, load_rates, stage_hours

ROOT = Path(__file__).resolve().parents[3]
for folder in ("benchmarks", "tools"):
    sys.path.insert(0, str(ROOT / folder))

import scale_model  # noqa: E402

import scale_rates  # noqa: E402


def test_the_packages_rates_are_those_of_the_results() -> None:
    assert scale_rates.FILE.read_text("utf-8") == scale_rates.as_text(), (
        "python benchmarks/scale_rates.py writes them anew"
    )
    for rate in load_rates().values():
        assert rate.command.startswith("python benchmarks/")
        assert (ROOT / rate.command.removeprefix("python ")).is_file()


def test_the_page_holds_the_tables_of_the_model() -> None:
    page = (ROOT / "docs" / "scale.md").read_text("utf-8")
    for table in scale_model.tables().split("\n\n"):
        assert table.strip() in page, "python tools/scale_model.py prints them anew"


def test_hours_follow_the_rows_and_their_length() -> None:
    work = Workload(pairs=1000, sampled=4000, read=10_000)
    hours = {stage.stage: stage for stage in stage_hours(work)}
    assert [hours[name].rows for name in ("corpus", "clean", "near-duplicates", "audit", "tokenise")] == [
        10_000, 4000, 4000, 1000, 1000,
    ]  # fmt: skip
    assert hours["clean"].core_hours == pytest.approx(4000 / load_rates()["clean"].rows_per_second / 3600)
    long = {stage.stage: stage.core_hours for stage in stage_hours(Workload(1000, 4000, 10_000, document_bytes=9600))}
    assert long["clean"] == pytest.approx(3 * hours["clean"].core_hours)
    assert long["audit"] == hours["audit"].core_hours
    mirrored = {stage.stage: stage.rows for stage in stage_hours(Workload(1000, 4000, 10_000, data_sets=2))}
    assert (mirrored["audit"], mirrored["clean"]) == (2000, 4000)


def test_what_is_full_first_is_what_needs_the_largest_share() -> None:
    work = Workload.of_pairs(1_000_000)
    memory, small_disk = 64e9, 1e9
    assert first_full(capacities(work, memory)).part == "memory of near-duplicates' signatures"
    assert first_full(capacities(work, memory, disk=10e9, free=small_disk)) == Capacity("disk of the store", 10e9, 1e9)
    assert [part.need for part in capacities(work, memory)] == sorted(part.need for part in capacities(work, memory))
    assert scale.DOCUMENT_BYTES * work.read == work.text_bytes
