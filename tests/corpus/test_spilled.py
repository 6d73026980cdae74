"""Rows in a file are the rows that memory would hold, whatever stands in them; memory follows their number."""

import random
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.corpus import spilled
from secondhalf.corpus.best import BestRows
from secondhalf.corpus.readers.items import ReadText
from secondhalf.corpus.scan import SampleCandidate, Section
from secondhalf.corpus.spilled import SpilledRows
from secondhalf.errors import UserError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
FIELDS = st.text(max_size=10)
READ = st.builds(ReadText, TEXTS, FIELDS, FIELDS, FIELDS, FIELDS, FIELDS, FIELDS)
ROWS = st.lists(st.tuples(st.sampled_from("ab"), READ, st.integers(0, 3)), max_size=30)


def _fill(best: BestRows[SampleCandidate], rows: list[tuple[str, ReadText, int]], cut: bool) -> None:
    best._capacity = best.limit + 3
    for group, item, number in rows:
        rank = item.text.encode()
        if rank < best.bounds.get(group, b"\xff" * 200):
            best.add(group, rank, Section(item.text, item, number) if cut else item)
    best.prune()


@given(ROWS, st.booleans(), st.integers(1, 9))
def test_the_same_rows_stay_as_in_memory(tmp_path_factory: pytest.TempPathFactory, rows, cut: bool, limit: int) -> None:
    memory: BestRows[SampleCandidate] = BestRows(limit, {})
    file = SpilledRows(limit, {}, tmp_path_factory.getbasetemp())
    for best in (memory, file):
        _fill(best, rows, cut)
    assert {key: file.row(*key) for key in file} == {key: memory.row(*key) for key in memory}
    assert (file.bounds, file.repeats) == (memory.bounds, memory.repeats)
    for group, rank in list(memory):
        assert file.pop(group, rank) == memory.pop(group, rank)
    assert len(file) == 0


def test_rows_of_another_process_are_taken_over(tmp_path: Path) -> None:
    part: BestRows[SampleCandidate] = BestRows(5, {})
    item = ReadText("a text", "a.txt:1", licence="half a character: \ud800")
    part.add("", b"1", item, 3)
    whole = SpilledRows(5, {}, tmp_path)
    whole.merge(part)
    assert whole.row("", b"1") == item
    assert whole.repeats == {("", b"1"): 2}
    assert list(tmp_path.iterdir()) == []  # the file has no name


def test_sections_share_their_document(tmp_path: Path) -> None:
    best, document = SpilledRows(1000, {}, tmp_path), ReadText("word " * 20_000, "long.txt:1")
    for number in range(500):
        best.add("", number.to_bytes(2, "big"), Section(f"section {number}", document, number))
    assert best._end < 200_000
    row = best.row("", (7).to_bytes(2, "big"))
    assert row == Section("section 7", document, 7)


def test_memory_follows_the_number_of_rows_and_not_their_length(tmp_path: Path) -> None:
    rng, best = random.Random(1), SpilledRows(2000, {}, tmp_path)
    tracemalloc.start()
    for number in range(2000):
        best.add("", rng.randbytes(16), ReadText(f"{number} " * 3000, f"a.jsonl:{number}"))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert best._end > 20e6
    assert used < 2e6


def test_a_full_disk_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    best = SpilledRows(10, {}, tmp_path)
    with Path("/dev/full").open("wb", buffering=0) as full:
        monkeypatch.setattr(best, "_file", full)
        with pytest.raises(UserError, match="free disk space"):
            best.add("", b"1", ReadText("x", "a.txt:1"))
    with pytest.raises(UserError, match="nowhere"):
        SpilledRows(10, {}, tmp_path / "nowhere")


def test_more_than_one_call_of_the_system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    best = SpilledRows(10, {}, tmp_path)
    best.add("", b"1", ReadText("x" * 100, "a.txt:1"))
    pread = spilled.os.pread
    monkeypatch.setattr(spilled.os, "pread", lambda handle, size, place: pread(handle, min(size, 7), place))
    row = best.row("", b"1")
    assert isinstance(row, ReadText)
    assert row.text == "x" * 100
