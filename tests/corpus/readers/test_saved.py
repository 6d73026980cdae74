"""Arrow files: rows are numbered over batches, and what is damaged ends the file with a reason."""

from pathlib import Path

import pyarrow as pa
import pytest

from secondhalf.corpus.readers.items import BrokenFileError, ReadText, Shard
from secondhalf.corpus.readers.saved import read
from secondhalf.corpus.settings import CorpusSettings
from support.corpora import saved


def test_rows_are_numbered_over_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    table = pa.table({"text": [str(n) for n in range(150)], "more": range(150)})
    with path.open("wb") as file, pa.ipc.new_stream(file, table.schema) as stream:
        stream.write_table(table, max_chunksize=70)
    shard = Shard("a.arrow", str(path), path.stat().st_size)
    items = list(read(shard, CorpusSettings(reader="saved")))
    assert items == [ReadText(str(n), f"{path}:{n + 1}") for n in range(150)]
    assert 0 < shard.bytes_read <= shard.size


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
