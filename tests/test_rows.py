"""Ids and hashes of rows."""

from hypothesis import given
from hypothesis import strategies as st

from secondhalf.rows import digest, digester


@given(st.lists(st.text(), max_size=3), st.text())
def test_what_is_hashed_once_gives_the_same_digest(first: list[str], last: str) -> None:
    assert digester(*first)(last) == digest(*first, last)
    assert digester(*first, size=16)(last) == digest(*first, last)[:16]


def test_parts_do_not_run_into_each_other() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("x", "yz") == "f52bc1462856e599edc00b4bfa31430f"  # ids in people's stores depend on it
