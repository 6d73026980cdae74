"""Ids and hashes of rows, and the tables they make."""

from dataclasses import FrozenInstanceError

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.errors import UserError
from secondhalf.rows import (
    FIRST_HALF,
    Answer,
    Document,
    Pair,
    Score,
    Verdict,
    digest,
    digester,
    documents_of,
    from_table,
    partition_by_verdicts,
    schema,
    to_dict,
    to_table,
    with_reasons,
)

ROWS = [Document(id, f"text {id}", "test", language="en") for id in "abc"]


@given(st.lists(st.text(), max_size=3), st.text())
def test_what_is_hashed_once_gives_the_same_digest(first: list[str], last: str) -> None:
    assert digester(*first)(last) == digest(*first, last)
    assert digester(*first, size=16)(last) == digest(*first, last)[:16]


def test_a_digester_can_be_used_again() -> None:
    of_part = digester("a")
    assert [of_part("b"), of_part("c"), of_part("b")] == [digest("a", "b"), digest("a", "c"), digest("a", "b")]


def test_parts_do_not_run_into_each_other() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("x", "yz") == "f52bc1462856e599edc00b4bfa31430f"  # ids in people's stores depend on it


def test_a_table_gives_its_rows_back() -> None:
    table = to_table(Document, iter(ROWS))
    assert table.schema.equals(schema(Document))
    assert not any(field.nullable for field in table.schema)
    assert from_table(Document, table.append_column("more", [[1, 2, 3]])) == ROWS
    assert to_table(Document, []).schema.equals(schema(Document))
    with pytest.raises(UserError, match=r"A table of Pair rows needs the column document; this one has id, text, "):
        from_table(Pair, table)


def test_a_row_as_a_dictionary() -> None:
    verdict = Verdict("a", "length", False, 3.0, "too short")
    expected = {
        "id": "a",
        "check": "length",
        "passed": False,
        "score": 3.0,
        "reason": "too short",
        "start": -1,
        "end": -1,
    }
    assert to_dict(verdict) == expected


@pytest.mark.parametrize(
    "row", [ROWS[0], Pair(*"abcdef"), Verdict("a", "b", True, 1.0), Answer("a", "b", "stop", 1), Score("a", "b", 1.0)]
)
def test_no_row_is_changed(row: object) -> None:
    with pytest.raises(FrozenInstanceError):
        row.id = "b"
    assert not hasattr(row, "__dict__")


def test_a_pairs_document_is_its_own_whatever_prompt_it_has() -> None:
    pairs = to_table(
        Pair, [Pair("1", "d", "words", "en", "half one", " rest 1"), Pair("2", "e", "words", "ja", "前半", "後半")]
    )
    assert documents_of(pairs) == ["half one rest 1", "前半後半"]
    others = pairs.set_column(4, pairs.schema.field("prompt"), pa.array(["another", "prompt"]))
    assert documents_of(others.append_column(FIRST_HALF, pairs["prompt"])) == documents_of(pairs)


def test_rows_are_parted_by_their_first_failed_verdict() -> None:
    good, short, odd = (Verdict("", check, check == "good", 0.0, f"{check}!") for check in ("good", "short", "odd"))
    kept, rejects, verdicts = partition_by_verdicts(Document, ROWS, [[good], [good, short, odd], []])
    assert from_table(Document, kept) == [ROWS[0], ROWS[2]]
    assert from_table(Document, rejects) == [ROWS[1]]
    assert (rejects["check"].to_pylist(), rejects["reason"].to_pylist()) == (["short"], ["short!"])
    assert from_table(Verdict, verdicts) == [good, good, short, odd]


def test_reasons_stand_beside_no_rows_too() -> None:
    table = with_reasons(to_table(Document, []), [])
    assert table.schema.names == [*schema(Document).names, "check", "reason"]
