"""An arm's pairs: in = out + left out, ids of several data sets kept apart, phases in the recipe's order."""

import pyarrow as pa
import pytest

from secondhalf.arms.compose import PHASE, compose_pairs
from secondhalf.errors import UserError
from secondhalf.recipe.arms import ArmSettings
from secondhalf.rows import FIRST_HALF, Pair, documents_of, from_table, to_table


def _table(count: int, words: int) -> pa.Table:
    return to_table(
        Pair,
        [Pair(f"{n:03d}", f"d{n}", "words", "en", f"half {n}", "", "word " * words, "t", "stop") for n in range(count)],
    )


def _count_words(pairs: pa.Table) -> list[tuple[str, int]]:
    return [(pair.id, len(pair.response.split())) for pair in from_table(Pair, pairs)]


def _compose(tables: dict[str, pa.Table], limit: int | None = None, **arm):
    return compose_pairs(tables, ArmSettings(student="base", **arm), 1, _count_words, limit, "x")


def test_a_mixture_counts_tokens_and_keeps_ids_apart():
    rows, rejects, verdicts = _compose(
        {"long": _table(100, 30), "short": _table(100, 10)}, data={"long": 1, "short": 1}
    )
    names = [id.partition("+")[2] for id in rows.column("id").to_pylist()]
    # 1,000 tokens of each: the short ones whole, and a third of the long ones.
    assert (names.count("long"), names.count("short")) == (33, 100)
    assert rows.num_rows + rejects.num_rows == 200
    assert len(set(rows.column("id").to_pylist())) == rows.num_rows
    assert set(rows.column(PHASE).to_pylist()) == {0}
    assert {reason.partition(":")[0] for reason in rejects.column("reason").to_pylist()} == {"beyond its share"}
    assert verdicts.num_rows == rejects.num_rows
    ids = rows.column("id").to_pylist()
    assert ids == sorted(ids)


def test_then_trains_in_the_order_of_the_recipe():
    data = {"b": _table(10, 10), "a": _table(10, 10)}
    rows, _, _ = _compose(data, data={"b": 1, "a": 1}, schedule="then")
    phases = {
        id.partition("+")[2]: phase
        for id, phase in zip(rows.column("id").to_pylist(), rows.column(PHASE).to_pylist(), strict=True)
    }
    assert phases == {"b": 0, "a": 1}


def test_without_a_prompt_only_the_prompt_is_gone():
    table = _table(5, 4)
    rows, rejects, _ = _compose({"a": table}, data={"a": 1}, pairing="none")
    assert set(rows.column("prompt").to_pylist()) == {""}
    assert rejects.num_rows == 0
    assert rows.drop_columns(["prompt", PHASE, FIRST_HALF]) == table.drop_columns(["prompt"])


@pytest.mark.parametrize("pairing", ["shuffled", "none", "paired"])
def test_each_pair_keeps_its_document_whatever_stands_before_its_response(pairing: str):
    table = to_table(
        Pair, [Pair(f"{n}", f"d{n}", "words", "en", f"half {n}", f" rest {n}", "word", "t", "stop") for n in range(9)]
    )
    rows, *_ = _compose({"a": table}, data={"a": 1}, pairing=pairing)
    assert documents_of(rows) == [f"half {n} rest {n}" for n in range(9)] == documents_of(table)
    assert (rows.column("prompt") == table.column("prompt")) == (pairing == "paired")


def test_fewer_tokens_than_the_arm_it_should_equal_is_an_error():
    rows, *_ = _compose({"a": _table(10, 10)}, limit=50, data={"a": 1}, equal_tokens="b")
    assert rows.num_rows == 5
    with pytest.raises(UserError, match=r"arms\.x\.equal_tokens: b has 500 .* x only 100"):
        _compose({"a": _table(10, 10)}, limit=500, data={"a": 1}, equal_tokens="b")


def test_a_mixture_of_which_a_part_is_nothing_is_an_error():
    tables = {"many": _table(40, 10), "few": _table(4, 10)}
    with pytest.raises(
        UserError, match=r"arms\.x\.data: not one pair of many is left at its weight of 0\.01.*of few\."
    ):
        _compose(tables, data={"many": 0.01, "few": 1})
    rows, _, _ = _compose(tables, data={"many": 0.3, "few": 1})
    assert rows.num_rows == 5
