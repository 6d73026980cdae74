"""Whatever bytes a file holds, reading it ends: with a sample, or with one sentence for people."""

import bz2
import gzip
import io
import lzma
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from secondhalf.corpus.readers import READERS
from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from support.corpora import DOCUMENTS, FILES, GOOD, good, sample_corpus, saved, skip_without, table, zstd

few = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
fewer = settings(few, max_examples=20)
SIGNS = [
    b"<div>",
    b"</p>",
    b"&#",
    b"<!--",
    b'{"text":',
    b'"\\u',
    b"\r\n\r\n",
    b"WARC/1.0\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"PAR1",
]
PACKED = {"": bytes, ".gz": gzip.compress, ".zst": zstd, ".bz2": bz2.compress, ".xz": lzma.compress}
noise = st.binary(max_size=300) | st.lists(st.sampled_from(SIGNS) | st.binary(max_size=4), max_size=60).map(b"".join)


def ipc_file(**columns: Any) -> bytes:
    """An Arrow IPC file."""
    file, rows = io.BytesIO(), pa.table(columns)
    with pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows)
    return file.getvalue()


def read(reader: str, name: str, data: bytes) -> None:
    """Draws a sample of one file; only a UserError may stop it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_bytes(data)
        try:
            _, counts, stage = sample_corpus(
                Path(folder) / "s", CorpusSettings(reader=reader, path=f"{folder}/{name}", max_refused=1)
            )
        except UserError as error:
            assert "\n" not in str(error)  # noqa: PT017
        else:
            assert counts["rows_in"] == counts["rows"] + counts["rejected"] + counts["repeated"] + counts["not_sampled"]
            assert stage.read("rejects").num_rows == counts["rejected"]


@pytest.mark.parametrize("reader", FILES)
@few
@given(data=noise, packed=st.sampled_from(list(PACKED)))
def test_noise_ends_in_nothing_worse_than_a_sentence(reader: str, data: bytes, packed: str):
    skip_without(reader)
    name = good(reader)[0].removesuffix(".gz") + packed
    read(reader, name, PACKED[packed](data))


@pytest.mark.parametrize("reader", FILES)
@few
@given(position=st.floats(0, 1), put=st.binary(max_size=9), cut=st.integers(0, 9), end=st.floats(0.5, 1))
def test_a_good_file_with_some_bytes_changed(reader: str, position: float, put: bytes, cut: int, end: float):
    skip_without(reader)
    name, data = good(reader)
    plain = gzip.decompress(data) if name.endswith(".gz") else data
    at = int(position * len(plain))
    read(reader, name.removesuffix(".gz"), (plain[:at] + put + plain[at + cut :])[: int(end * len(plain)) + 1])
    at = int(position * len(data))
    read(reader, name, data[:at] + put + data[at + len(put) :])


@pytest.mark.parametrize("reader", DOCUMENTS)
@fewer
@given(position=st.floats(0, 1), put=st.binary(max_size=9), cut=st.integers(0, 9), end=st.floats(0.5, 1))
def test_a_good_document_with_some_bytes_changed(reader: str, position: float, put: bytes, cut: int, end: float):
    skip_without(reader)
    name, data = good(reader)
    at = int(position * len(data))
    read(reader, name, (data[:at] + put + data[at + cut :])[: int(end * len(data)) + 1])
    read(reader, name, put)


@pytest.mark.parametrize(("reader", "maker"), [("parquet", table), ("saved", saved), ("saved", ipc_file)])
def test_no_byte_of_a_file_of_columns_ends_the_process(tmp_path: Path, reader: str, maker: Any):
    # Arrow is not safe against such bytes by itself: an offset beyond the data, a damaged histogram of a column.
    data = maker(text=[GOOD, None, "more"], url=["a", "b", "c"])
    path = tmp_path / "a"
    settings = CorpusSettings(reader=reader, path=str(path))
    wholes = 0
    for at in range(max(len(data) - 1000, 0), len(data)):
        for value in {255, data[at] ^ 1} - {data[at]}:
            path.write_bytes(data[:at] + bytes([value]) + data[at + 1 :])
            try:
                items = list(READERS[reader](Shard("a", str(path), len(data)), settings))
            except BrokenFileError:
                continue
            wholes += len(items) == 3
    assert wholes
