from typing import Any

import pytest

pytest.importorskip("transformers")

from secondhalf.models.template import Template
from secondhalf.rows import Pair, Verdict, from_table, schema, to_table
from secondhalf.train.examples import examples
from secondhalf.train.settings import TrainSettings
from tiny_student import tokenizer


def pair(number: int, response: str = "past the mill", finish: str = "stop", rule: str = "a") -> Pair:
    document = f"d{number:04d}"
    return Pair(f"{document}-{rule}", document, "words", "en", "The river runs", " past.", response, "dummy", finish)


@pytest.fixture(scope="module")
def tiny() -> Any:
    return tokenizer()


def made(tiny: Any, pairs: list[Pair], **settings: Any) -> Any:
    return examples(to_table(Pair, pairs), tiny, Template.named("plain"), TrainSettings(**settings))


def test_a_reply_that_finished_teaches_its_end_and_another_does_not(tiny: Any) -> None:
    chosen, _, _, _ = made(tiny, [pair(1), pair(2, finish="length")], held_out=0)
    assert chosen[0][1][-1] == tiny.eos_token_id
    assert tiny.eos_token_id not in chosen[1][1]


def test_a_pair_that_is_too_long_is_a_reject_with_a_reason(tiny: Any) -> None:
    pairs = [pair(1), pair(2, response="mill " * 100), pair(3)]
    chosen, held, rejects, verdicts = made(tiny, pairs, held_out=0, max_length=64)
    assert len(chosen) + len(held) + rejects.num_rows == len(pairs)
    assert rejects.column("id").to_pylist() == [pairs[1].id]
    assert rejects.column("check").to_pylist() == ["length"]
    assert "train.max_length" in rejects.column("reason")[0].as_py()
    assert [verdict.passed for verdict in from_table(Verdict, verdicts)] == [True, False, True]
    assert verdicts.schema == schema(Verdict)


def test_a_pair_of_exactly_the_limit_is_kept(tiny: Any) -> None:
    pairs = [pair(1, response="past the mill and the house of the baker")]
    size = len(made(tiny, pairs, held_out=0)[0][0][0])
    assert len(made(tiny, pairs, held_out=0, max_length=size)[0]) == 1
    assert len(made(tiny, pairs, held_out=0, max_length=size - 1)[0]) == 0


def test_the_same_documents_are_held_out_in_every_arm(tiny: Any) -> None:
    def held(pairs: list[Pair]) -> int:
        return len(made(tiny, pairs, held_out=0.3)[1])

    pairs = [pair(n) for n in range(60)]
    apart = [n for n in range(60) if held([pairs[n]])]
    assert 8 <= len(apart) <= 30
    # Whatever else is there, another teacher's reply or another split of it: the document decides.
    assert held(pairs) == len(apart)
    assert [n for n in range(60) if held([pair(n, response="to the sea", rule="b")])] == apart


def test_nothing_is_held_out_when_nothing_is_asked(tiny: Any) -> None:
    chosen, held, _, _ = made(tiny, [pair(n) for n in range(20)], held_out=0)
    assert (len(chosen), held) == (20, [])


def test_no_pairs_are_no_error(tiny: Any) -> None:
    chosen, held, rejects, verdicts = made(tiny, [])
    assert (chosen, held, rejects.num_rows, verdicts.num_rows) == ([], [], 0, 0)


def test_a_pair_with_nothing_to_learn_from_is_a_reject(tiny: Any) -> None:
    chosen, held, rejects, _ = made(tiny, [pair(1), pair(2, response=" ", finish="length")], held_out=0)
    assert (len(chosen), len(held)) == (1, 0)
    assert rejects.column("reason").to_pylist() == ["nothing to learn from"]
