"""Arrow files: rows are numbered over batches, and what is damaged ends the file with a reason."""

import io
import json
from pathlib import Path

import pyarrow as pa
import pytest

from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Shard
from secondhalf.corpus.readers.saved import read
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.errors import UserError
from support.corpora import sample_corpus, saved


def test_rows_are_numbered_over_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    table = pa.table({"text": [str(n) for n in range(150)], "more": range(150)})
    with path.open("wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table, max_chunksize=70)
    shard = Shard("a.arrow", str(path), path.stat().st_size)
    items = list(read(shard, CorpusSettings(reader="saved")))
    assert items == [ReadText(str(n), f"{path}:{n + 1}") for n in range(150)]
    assert 0 < shard.bytes_read <= shard.size


def ipc_file(**columns: object) -> bytes:
    """An Arrow IPC file."""
    file, rows = io.BytesIO(), pa.table(columns)
    with pa.ipc.new_file(file, rows.schema) as writer:
        writer.write_table(rows, max_chunksize=2)
    return file.getvalue()


def sampled(folder: Path, path: Path) -> tuple[list[str], dict]:
    """The texts that are read from a path, and the counts."""
    rows, counts, _ = sample_corpus(folder, CorpusSettings(reader="saved", path=str(path)))
    return sorted(row.text for row in rows), counts


def test_files_and_streams_alike(tmp_path: Path) -> None:
    (tmp_path / "a.arrow").write_bytes(ipc_file(text=["one", "two", "three"], more=[1, 2, 3]))
    items = list(read(Shard("a.arrow", str(tmp_path / "a.arrow")), CorpusSettings(reader="saved")))
    assert items == [ReadText(text, f"{tmp_path}/a.arrow:{n}") for n, text in enumerate(["one", "two", "three"], 1)]


def test_caches_and_other_files_beside_the_state_are_no_data(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    (folder / "data-00000-of-00001.arrow").write_bytes(saved(text=["kept"]))
    (folder / "cache-0123456789abcdef.arrow").write_bytes(saved(text=["PROCESSED"]))
    (folder / "tmp1.arrow").write_bytes(saved(text=["half done"]))
    (folder / "state.json").write_text(json.dumps({"_data_files": [{"filename": "data-00000-of-00001.arrow"}]}))
    for number, path in enumerate((folder, tmp_path, folder / "*.arrow")):
        texts, counts = sampled(tmp_path / f"s{number}", path)
        assert texts == ["kept"]
        assert (counts["passed_over"].get("cache-*.arrow"), counts["passed_over"].get(".arrow")) == (1, 1)
    assert sampled(tmp_path / "own", folder / "cache-0123456789abcdef.arrow")[0] == ["PROCESSED"]  # named by itself
    (folder / "state.json").write_text("{")
    with pytest.raises(UserError, match=r"state\.json is damaged"):
        sampled(tmp_path / "bad", folder)
    (folder / "state.json").unlink()  # a folder of caches of the hub: its caches are still none
    assert sampled(tmp_path / "without", folder)[0] == ["half done", "kept"]


def test_indices_say_which_rows_the_set_has(tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    for number in range(2):
        (tmp_path / "set" / f"d{number}.arrow").write_bytes(saved(text=[f"text {number} {n}" for n in range(3)]))
    (tmp_path / "set" / "indices.arrow").write_bytes(saved(indices=pa.array([4, 0, 0], pa.uint64())))
    state = {
        "_data_files": [{"filename": "d0.arrow"}, {"filename": "d1.arrow"}],
        "_indices_data_files": [{"filename": "indices.arrow"}],
    }
    (tmp_path / "set" / "state.json").write_text(json.dumps(state))
    texts, counts = sampled(tmp_path / "s", tmp_path / "set")
    assert (texts, counts["repeated"]) == (["text 0 0", "text 1 1"], 1)
    nothing = pa.record_batch([], schema=pa.schema([]))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, nothing.schema) as stream:
        stream.write_batch(nothing)
    for number, damaged in enumerate(
        (b"x", sink.getvalue().to_pybytes())
    ):  # no file of Arrow's, and one without a column
        (tmp_path / "set" / "indices.arrow").write_bytes(damaged)
        with pytest.raises(UserError, match="broken file: its indices"):
            sampled(tmp_path / f"t{number}", tmp_path / "set")


def test_what_datasets_itself_saved(tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    rows = datasets.Dataset.from_dict({"text": [f"text {n}" for n in range(6)]})
    rows.filter(lambda row: row["text"] != "text 3").save_to_disk(tmp_path / "set")
    again = datasets.load_from_disk(str(tmp_path / "set"))
    again.map(lambda row: {"text": row["text"].upper()})
    again.shuffle(seed=1)
    assert sampled(tmp_path / "s", tmp_path / "set")[0] == [f"text {n}" for n in (0, 1, 2, 4, 5)]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (saved(body=["x"]), "no text in the field: there is no 'text'; there are 'body'"),
        (saved(text=["x"] * 900)[:3000], "broken file"),
        (b"x" * 5000, "broken file"),
    ],
)
def test_a_file_that_cannot_be_read(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "a.arrow").write_bytes(content)
    with pytest.raises(BrokenFileError, match=f"^{reason}"):
        list(read(Shard("a.arrow", str(tmp_path / "a.arrow")), CorpusSettings(reader="saved")))
