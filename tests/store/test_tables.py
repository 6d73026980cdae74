"""Tables written and read a part at a time are those that are written and read at once, byte for byte."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from secondhalf.errors import UserError
from secondhalf.rows import Verdict, to_table
from secondhalf.store import tables
from secondhalf.store.checksums import DamagedError, file_checksum, record
from secondhalf.store.tables import mapped_table, read_batches, read_table, resliced, write_table

ROWS = to_table(Verdict, [Verdict(f"{n:05d}", "長さ", n % 5 > 0, n / 7, "short " * (n % 3)) for n in range(2300)])


def _cut(table: pa.Table, rows: int) -> list[pa.Table]:
    return [table.slice(start, rows) for start in range(0, max(table.num_rows, 1), rows)]


@pytest.mark.parametrize("count", [0, 1, 999, 1000, 2300])
@pytest.mark.parametrize("rows", [100, 1000, 2400])
def test_the_bytes_depend_on_the_rows_alone(tmp_path: Path, count: int, rows: int) -> None:
    table = ROWS.slice(0, count)
    write_table(tmp_path / "a.parquet", _cut(table, rows))
    pq.write_table(table.combine_chunks(), tmp_path / "b.parquet", compression="zstd")
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


@pytest.mark.parametrize("limit", [{"_ROWS": 1000}, {"_BYTES": 30_000}])
def test_a_large_table_has_several_row_groups_wherever_it_was_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: dict[str, int]
) -> None:
    for name, value in limit.items():
        monkeypatch.setattr(tables, name, value)
    for name, rows in (("a", 70), ("b", 2300)):
        write_table(tmp_path / name, _cut(ROWS, rows))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert pq.read_metadata(tmp_path / "a").num_row_groups == 3
    assert read_table(tmp_path, tmp_path / "a") == ROWS


@pytest.mark.parametrize("count", [0, 1, 2300])
@pytest.mark.parametrize("rows", [1, 70, 1000, 2300])
def test_batches_hold_every_row_once_in_order(tmp_path: Path, count: int, rows: int) -> None:
    table = ROWS.slice(0, count)
    write_table(tmp_path / "a", [table])
    for batches in (resliced(_cut(table, 70), rows), resliced(read_batches(tmp_path, tmp_path / "a", rows), rows)):
        pieces = list(batches)
        assert pa.concat_tables(pieces) == table
        assert pieces[0].schema == table.schema
        assert {piece.num_rows for piece in pieces[:-1]} <= {rows}
        assert len(pieces) == max(1, -(-count // rows))


def test_some_columns_alone_are_read(tmp_path: Path) -> None:
    write_table(tmp_path / "a", [ROWS])
    assert read_table(tmp_path, tmp_path / "a", ["score", "id"]) == ROWS.select(["score", "id"])


@pytest.mark.parametrize("content", [b"", b"PAR1 no table PAR1"])
def test_a_file_that_is_no_table_is_damaged(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DamagedError, match="a is damaged"):
        read_table(tmp_path, tmp_path / "a")
    with pytest.raises(DamagedError, match="missing"):
        list(read_batches(tmp_path, tmp_path / "b", 10))


def test_a_large_file_is_read_in_pieces_and_checked_as_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "_ROWS", 1000)
    write_table(tmp_path / "a", [ROWS])
    record(tmp_path, "a", file_checksum(tmp_path / "a"))
    whole = list(read_batches(tmp_path, tmp_path / "a", 300))
    monkeypatch.setattr(tables, "_WHOLE", 0)
    monkeypatch.setattr(tables, "_content", lambda *_: pytest.fail("it is held whole"))
    assert pa.concat_tables(read_batches(tmp_path, tmp_path / "a", 300)) == pa.concat_tables(whole) == ROWS
    with pytest.raises(DamagedError, match="missing"):
        list(read_batches(tmp_path, tmp_path / "b", 10))
    data = bytearray((tmp_path / "a").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "a").write_bytes(data)
    with pytest.raises(DamagedError, match="checksum is another"):
        list(read_batches(tmp_path, tmp_path / "a", 300))


@pytest.mark.parametrize("count", [0, 2300])
def test_a_mapped_table_is_the_same_and_leaves_no_file(tmp_path: Path, count: int) -> None:
    table = ROWS.slice(0, count)
    mapped = mapped_table(tmp_path / "texts.tmp", _cut(table, 700))
    assert list(tmp_path.iterdir()) == []
    assert mapped == table
    before = pa.total_allocated_bytes()
    assert mapped.column("id").to_pylist() == table.column("id").to_pylist()
    assert pa.total_allocated_bytes() - before < 10_000


def test_a_mapped_table_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="nowhere"):
        mapped_table(tmp_path / "nowhere" / "texts.tmp", [ROWS])
