import pyarrow as pa
import pytest

from secondhalf.clean.duplicates.columns import StringColumn, lengths_of

STRINGS = ["one", "", "二つの文", "e\u0301" * 3, "🙂", "last"] * 100


@pytest.mark.parametrize("size", [1, 7, 600])
def test_a_column_is_the_sequence_of_its_strings(size: int) -> None:
    column = StringColumn(pa.chunked_array([STRINGS[start : start + size] for start in range(0, len(STRINGS), size)]))
    assert list(column) == STRINGS
    assert len(column) == len(STRINGS)
    assert [column[index] for index in (0, 6, 599, -1)] == [STRINGS[index] for index in (0, 6, 599, -1)]
    for part in (slice(3, 9), slice(None), slice(590, 3000), slice(5, 5), slice(9, 3), slice(1, 20, 4)):
        assert column[part] == STRINGS[part]
    assert lengths_of(column) == lengths_of(STRINGS) == [len(text) for text in STRINGS]


def test_of_no_strings() -> None:
    column = StringColumn(pa.chunked_array([], pa.string()))
    assert list(column) == column[:] == lengths_of(column) == []
    assert not column
