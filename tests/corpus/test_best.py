"""The best rows of a stream: neither its order nor its division matters, and a larger limit contains the smaller one."""

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.corpus.best import BestRows

ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 40)), max_size=120)


def _kept(
    rows: list[tuple[str, int]], limit: int, pieces: int = 1, weights: dict[str, float] | None = None, room: int = 3
):
    """What a Best with little room keeps of (group, rank) rows that come in `pieces` streams."""
    best: BestRows[tuple[int]] = BestRows(limit, weights)
    best._capacity = limit + room
    for piece in range(pieces):
        part: BestRows[tuple[int]] = BestRows(limit, weights)
        part._capacity = limit + room
        part.bounds.update(best.bounds)
        for group, number in rows[piece::pieces]:
            rank = number.to_bytes(2, "big")
            if rank < part.bounds.get(group, b"\xff" * 3):
                part.add(group, rank, (number,))
        part.prune()
        best.merge(part)
    best.prune()
    return {key: 1 + best.repeats[key] for key in best}


@settings(max_examples=300, deadline=None)
@given(ROWS, st.integers(1, 12), st.integers(1, 5), st.randoms(use_true_random=False))
def test_neither_order_nor_division_matters(rows, limit, pieces, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    for weights in (None, {"a": 3, "b": 1, "c": 0.5}):
        assert (
            _kept(rows, limit, 1, weights)
            == _kept(shuffled, limit, pieces, weights)
            == _kept(rows, limit, 1, weights, 999)
        )


@settings(max_examples=200, deadline=None)
@given(ROWS, st.integers(1, 12))
def test_a_larger_limit_contains_the_smaller_one(rows, limit):
    for weights in (None, {"a": 3, "b": 1, "c": 0.5}):
        small, large = _kept(rows, limit, 1, weights), _kept(rows, limit + 1, 1, weights)
        assert small.items() <= large.items()
        assert len(small) == min(limit, len(set(rows)))


@settings(max_examples=100, deadline=None)
@given(ROWS)
def test_copies_of_what_is_kept_are_counted_exactly(rows):
    counted = Counter((group, number.to_bytes(2, "big")) for group, number in rows)
    assert all(copies == counted[key] for key, copies in _kept(rows, 8, 3).items())


def test_a_row_that_sorts_first_stands_for_equal_texts() -> None:
    best: BestRows[tuple[str]] = BestRows(2)
    for row in ("b", "a", "c"):
        best.add("", b"rank", (row,))
    assert best.groups == {"": {b"rank": ("a",)}}
    assert best.repeats["", b"rank"] == 2


def test_a_bound_says_from_where_on_a_group_is_full() -> None:
    best: BestRows[tuple[int]] = BestRows(3)
    for number in (5, 3, 1, 4, 2):
        best.add("g", bytes([number]), (number,))
    best.prune()
    assert sorted(rank for _, rank in best) == [b"\1", b"\2", b"\3"]
    assert best.bounds == {"g": b"\4"}
