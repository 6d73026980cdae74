"""The sizes in a Parquet file's footer are those that Arrow reads."""

import io
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.corpus.readers.footer import row_groups
from support.corpora import GOOD, table

COLUMNS: dict[str, Any] = {
    "text": [GOOD, None, GOOD[:9]],
    "a.b": pa.array(["a"] * 3).dictionary_encode(),
    "inside": [{"one": 1, "two": [0.5]}, None, {"one": 2, "two": []}],
    "when": pa.array([1, 2, 3], pa.timestamp("us", "UTC")),
    "truth": [True, False, None],
}


@pytest.mark.parametrize("compression", ["none", "snappy", "zstd"])
@pytest.mark.parametrize("dictionary", [True, False])
def test_they_are_what_arrow_reads(compression: str, dictionary: bool):
    file = io.BytesIO()
    options = {
        "row_group_size": 2,
        "compression": compression,
        "use_dictionary": dictionary,
        "write_page_index": dictionary,
    }
    pq.write_table(pa.table(COLUMNS), file, **options)
    metadata = pq.read_metadata(file)
    groups = row_groups(file)
    assert (len(groups), {len(group) for group in groups}) == (2, {metadata.num_columns})
    for index, group in enumerate(groups):
        for number, column in enumerate(group):
            expected = metadata.row_group(index).column(number)
            start = expected.dictionary_page_offset
            assert (column.path, column.size, column.compressed, column.dictionary) == (
                expected.path_in_schema, expected.total_uncompressed_size, expected.total_compressed_size,
                0 if start is None else expected.data_page_offset - start,
            )  # fmt: skip


@given(st.integers(1, 200), st.binary(min_size=1, max_size=8))
def test_a_damaged_footer_is_an_error_of_its_own(back: int, put: bytes):
    data = bytearray(table(text=[GOOD]))
    data[-8 - back : -8 - back + len(put)] = put
    try:
        groups = row_groups(io.BytesIO(bytes(data)))
    except (ValueError, OSError):
        return
    assert isinstance(groups, list)
