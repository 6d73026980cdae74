from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

pytest.importorskip("transformers")

from secondhalf.models.chat.template import Template
from secondhalf.rows import Pair, Verdict, from_table, schema, to_table
from secondhalf.store import Stage
from secondhalf.train import dataset
from secondhalf.train.dataset import read_datasets, tokenise_pairs
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder
from support.tiny_student import tokenizer


def pair(number: int, response: str = "past the mill", finish: str = "stop", rule: str = "a") -> Pair:
    document = f"d{number:04d}"
    return Pair(f"{document}-{rule}", document, "words", "en", "The river runs", " past.", response, "dummy", finish)


@pytest.fixture(scope="module")
def tiny() -> Any:
    return tokenizer()


def encoded(tiny: Any, pairs: list[Pair], **settings: Any) -> Any:
    """Examples, held-out ones, rejects and verdicts, by way of the files."""
    with TemporaryDirectory() as folder:
        stage = Stage(Path(folder))
        encoder = Encoder.of(tiny, TrainSettings(**settings), len(pairs))
        tokenise_pairs([to_table(Pair, pairs)], encoder, stage, len(pairs), "test")
        train, held_out, _ = read_datasets(stage)
        return list(train), list(held_out), stage.read("rejects"), stage.read("verdicts")


def test_a_reply_that_finished_teaches_its_end_and_another_does_not(tiny: Any) -> None:
    train, _, _, _ = encoded(tiny, [pair(1), pair(2, finish="length")], held_out=0)
    assert train[0][1][-1] == tiny.eos_token_id
    assert tiny.eos_token_id not in train[1][1]


def test_a_pair_that_is_too_long_is_a_reject_with_a_reason(tiny: Any) -> None:
    pairs = [pair(1), pair(2, response="mill " * 100), pair(3)]
    train, held_out, rejects, verdicts = encoded(tiny, pairs, held_out=0, max_length=64)
    assert len(train) + len(held_out) + rejects.num_rows == len(pairs)
    assert rejects.column("id").to_pylist() == [pairs[1].id]
    assert rejects.column("check").to_pylist() == ["length"]
    assert "train.max_length" in rejects.column("reason")[0].as_py()
    assert [verdict.passed for verdict in from_table(Verdict, verdicts)] == [True, False, True]
    assert verdicts.schema == schema(Verdict)


def test_a_pair_of_exactly_the_limit_is_kept(tiny: Any) -> None:
    pairs = [pair(1, response="past the mill and the house of the baker")]
    size = len(encoded(tiny, pairs, held_out=0)[0][0][0])
    assert len(encoded(tiny, pairs, held_out=0, max_length=size)[0]) == 1
    assert len(encoded(tiny, pairs, held_out=0, max_length=size - 1)[0]) == 0


def test_the_same_documents_are_held_out_in_every_arm(tiny: Any) -> None:
    def held_out(pairs: list[Pair]) -> int:
        return len(encoded(tiny, pairs, held_out=0.3)[1])

    pairs = [pair(n) for n in range(60)]
    numbers = [n for n in range(60) if held_out([pairs[n]])]
    assert 8 <= len(numbers) <= 30
    # Whatever else is there, another teacher's reply or another split of it: the document decides.
    assert held_out(pairs) == len(numbers)
    assert [n for n in range(60) if held_out([pair(n, response="to the sea", rule="b")])] == numbers


def test_without_held_out_no_pair_is_held_out(tiny: Any) -> None:
    train, held_out, _, _ = encoded(tiny, [pair(n) for n in range(20)], held_out=0)
    assert (len(train), held_out) == (20, [])


def test_no_pairs_are_no_error(tiny: Any) -> None:
    train, held_out, rejects, verdicts = encoded(tiny, [])
    assert (train, held_out, rejects.num_rows, verdicts.num_rows) == ([], [], 0, 0)


def test_a_pair_with_nothing_to_learn_from_is_a_reject(tiny: Any) -> None:
    train, held_out, rejects, _ = encoded(tiny, [pair(1), pair(2, response=" ", finish="length")], held_out=0)
    assert (len(train), len(held_out)) == (1, 0)
    assert rejects.column("reason").to_pylist() == ["nothing to learn from"]


def test_finished_shards_are_not_written_again(tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dataset, "ROWS_PER_SHARD", 10)
    rows, settings = [pair(n, response=f"past the mill {n}") for n in range(35)], TrainSettings(held_out=0.2)
    for folder in ("whole", "stopped"):
        stage = Stage(tmp_path / folder)
        stage.path.mkdir()
        tokenise_pairs([to_table(Pair, rows)], Encoder.of(tiny, settings, 35), stage, 35, "test")
    parts = sorted((tmp_path / "stopped" / "tokens").glob("part-*.arrow"))
    assert len(parts) == 4
    before = parts[0].stat().st_mtime_ns
    parts[2].unlink()
    shards = [to_table(Pair, rows)]
    tokenise_pairs(shards, Encoder.of(tiny, settings, 35), Stage(tmp_path / "stopped"), 35, "test")
    assert parts[0].stat().st_mtime_ns == before
    whole, again = (read_datasets(Stage(tmp_path / folder)) for folder in ("whole", "stopped"))
    assert [list(part) for part in again[:2]] == [list(part) for part in whole[:2]]
    assert len(whole[0]) + len(whole[1]) == 35
    assert whole[0].supervised_tokens == sum(label != -100 for _, labels in whole[0] for label in labels)


def test_shards_at_once_never_read_a_text_by_the_frames_rule(
    tiny: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The tokenizer's rule for special tokens is a state of it: threads that shared it would take each other's.
    monkeypatch.setattr(dataset, "ROWS_PER_SHARD", 2)
    rows = [pair(n, response=f"<eos> past <bos> the mill {n}") for n in range(60)]
    expected = [Template.named("plain").encode_pair(tiny, row.prompt, row.response, ended=True) for row in rows]
    for turn in range(4):
        stage = Stage(tmp_path / str(turn))
        stage.path.mkdir()
        encoder = Encoder.of(tiny, TrainSettings(held_out=0), len(rows))
        assert encoder.threads == 1  # the race itself shows once in a while only
        tokenise_pairs([to_table(Pair, rows)], encoder, stage, len(rows), "test")
        assert list(read_datasets(stage)[0]) == expected
