"""Record batches whose values Python cannot hold, and columns that are not there."""

import pyarrow as pa
import pytest

from secondhalf.corpus.readers.arrow import map_batch, validate_batch, wanted_columns
from secondhalf.corpus.readers.fields import row_mapper
from secondhalf.corpus.readers.items import BrokenFileError, Refused
from secondhalf.corpus.settings import CorpusSettings

BAD_UTF8 = pa.Array.from_buffers(pa.string(), 2, [None, *pa.array([b"ok", b"\xff\xfe"]).buffers()[1:]])


def test_a_bad_value_refuses_its_row_alone() -> None:
    batch = pa.record_batch({"text": BAD_UTF8, "n": [1, 2]})
    rows = list(map_batch(batch, "a.arrow", 7, lambda row, location: (row, location)))
    assert rows == [({"text": "ok", "n": 1}, "a.arrow:7"), Refused("a.arrow:8", "not utf-8: byte 0")]


def test_a_date_beyond_pythons_refuses_nothing() -> None:
    batch = pa.record_batch({"text": ["a"], "when": pa.array([2**62], pa.timestamp("s"))})
    ((row, _),) = map_batch(batch, "a", 1, lambda row, location: (row, location))
    assert row["text"] == "a"


def test_an_offset_beyond_the_data_is_seen_before_it_is_read() -> None:
    offsets = b"".join(offset.to_bytes(4, "little") for offset in (0, 10**6, 3))
    column = pa.Array.from_buffers(pa.string(), 2, [None, pa.py_buffer(offsets), pa.py_buffer(b"abc")])
    with pytest.raises(pa.ArrowInvalid):
        validate_batch(pa.record_batch({"text": column}))
    validate_batch(pa.record_batch({"text": BAD_UTF8}))


def test_the_columns_to_read() -> None:
    settings = CorpusSettings(field="body", source_field="site", language_field="lang")
    assert wanted_columns(["lang", "body", "url", "more"], settings) == ["body", "url", "lang"]
    with pytest.raises(BrokenFileError, match="no text in the field: there is no 'body'; there are none"):
        wanted_columns([], settings)


def test_two_columns_of_one_name_are_refused_and_neither_is_taken() -> None:
    """Of a Parquet file the last one was read, unseen."""
    for names in (["text", "text"], ["text", "url", "url"]):
        with pytest.raises(BrokenFileError, match="2 columns have the name"):
            wanted_columns(names, CorpusSettings())
    assert wanted_columns(["text", "more", "more"], CorpusSettings()) == ["text"]


def test_what_python_has_no_form_for_is_said_to_be_so() -> None:
    batch = pa.record_batch({"text": pa.array([2**62], pa.timestamp("s"))})
    (refused,) = map_batch(batch, "a", 1, row_mapper(CorpusSettings()))
    assert refused.reason == "no text in the field: 'text' is a value that Python has no form for"
