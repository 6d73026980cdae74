"""The sizes in a Parquet file's footer are those that Arrow reads."""

import io
from dataclasses import astuple
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.corpus.readers.footer import page_size, row_groups
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
            start = expected.dictionary_page_offset or expected.data_page_offset
            assert (column.path, column.size, column.compressed, column.start) == (
                    expected.path_in_schema, expected.total_uncompressed_size, expected.total_compressed_size, start,
            )  # fmt: skip


FILE = bytes(table(text=[GOOD]))
LENGTH = int.from_bytes(FILE[-8:-4], "little")
FOOTER = FILE[-8 - LENGTH : -8]


def damaged(footer: bytes) -> bool:
    """Whether a footer is an error; if it is none, then its columns are what they say they are."""
    try:
        groups = row_groups(io.BytesIO(FILE[: -8 - LENGTH] + footer + len(footer).to_bytes(4, "little") + b"PAR1"))
    except ValueError:
        return True
    kinds = {tuple(map(type, astuple(column))) for group in groups for column in group}
    assert kinds <= {(str, int, int, int)}
    return False


def test_a_footer_that_ends_too_early_is_an_error_wherever_it_ends():
    assert not damaged(FOOTER)
    assert [end for end in range(LENGTH) if not damaged(FOOTER[:end])] == []


def test_one_wrong_byte_is_an_error_or_gives_columns_all_the_same():
    """Every kind of value, where each byte stands: one kind in place of another must not come through as a size."""
    wrong = [damaged(FOOTER[:at] + bytes([byte]) + FOOTER[at + 1 :]) for at in range(LENGTH) for byte in range(64)]
    assert 0.05 < sum(wrong) / len(wrong) < 0.5  # most bytes are names and numbers, which can be others


@given(st.integers(0, LENGTH - 1), st.binary(min_size=1, max_size=8))
def test_several_wrong_bytes_are_an_error_or_give_columns_all_the_same(at: int, put: bytes):
    damaged(FOOTER[:at] + put + FOOTER[at + len(put) :])


def test_a_pages_header_gives_its_size_without_compression():
    texts = [f"{number} {GOOD}" for number in range(100)]
    file = io.BytesIO(table(text=texts))
    ((column,),) = row_groups(file)
    assert page_size(file, column.start) == sum(4 + len(text.encode()) for text in texts)
    with pytest.raises(ValueError, match="a page is damaged"):
        page_size(io.BytesIO(b"\0\0"), 0)
