"""What keeps a student near to what it was: each lever, in a small training."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from secondhalf.errors import UserError
from secondhalf.models.chat.plain_text import encode_opening
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.weights.load import load_student
from secondhalf.rows import Pair, to_table
from secondhalf.store import Stage
from secondhalf.train.dataset import read_datasets, tokenise_pairs
from secondhalf.train.keep import KeepSettings, pull_of
from secondhalf.train.method import make_trainable
from secondhalf.train.settings import TrainSettings
from secondhalf.train.surprises import WithoutSurprises
from secondhalf.train.tokens import Encoder
from support import small_training

PAIRS = [
    Pair(
        f"{n:02d}",
        f"d{n}",
        "words",
        "en",
        f"The miller counts {n}",
        f" sacks of flour, {n}.",
        f"{n} more.",
        "t",
        "stop",
    )
    for n in range(40)
]


def _divergence(student: Path, folder: Path) -> float:
    """How far likelihoods of the small training's replies have moved, in nats a token."""
    model = StudentModel(student)
    pairs = [
        (model.tokenizer(row["prompt"]).input_ids, model.tokenizer(row["response"], add_special_tokens=False).input_ids)
        for row in small_training.PAIRS.to_pylist()
    ]
    before = model.loglikelihood(pairs)
    model.use(folder / "adapter")
    after = model.loglikelihood(pairs)
    return sum(abs(one - other) / tokens for (one, tokens), (other, _) in zip(before, after, strict=True)) / len(pairs)


@pytest.mark.parametrize("over", ["vocabulary", "others"])
def test_a_pull_moves_the_student_less(student: Path, tmp_path: Path, over: str) -> None:
    more: dict[str, Any] = {"learning_rate": 0.02}
    small_training.trained(student, tmp_path / "free", **more)
    small_training.trained(student, tmp_path / "held", **more, keep={"kl": 30.0, "kl_over": over})
    free, held = (_divergence(student, tmp_path / name) for name in ("free", "held"))
    assert free > 0.05
    assert held < (0.5 if over == "vocabulary" else 0.95) * free


def test_a_pull_is_towards_the_student_without_dropout(student: Path) -> None:
    model = make_trainable(load_student(student)[1], TrainSettings(rank=4), 1, [])
    for module in model.modules():
        if hasattr(module, "attention_dropout"):
            module.attention_dropout = 0.5
    model.train()
    one, other = (pull_of(model, [([2, 3, 10, 20], [-100, 3, 10, 20])], KeepSettings(kl=1)) for _ in range(2))
    assert one
    assert other
    assert one.states.equal(other.states)
    assert model.training


def test_half_of_the_documents_come_back_as_plain_text(student: Path, tmp_path: Path) -> None:
    model = StudentModel(student)
    settings = TrainSettings(keep=KeepSettings(text=0.5), held_out=0.2)
    stage = Stage(tmp_path / "stage")
    stage.path.mkdir()
    tokenise_pairs(iter([to_table(Pair, PAIRS)]), Encoder.of(model.tokenizer, settings, len(PAIRS)), stage, 40, "test")
    examples, held_out, phases = read_datasets(stage)
    texts = len(examples) - examples.pairs
    assert phases == [len(examples)]
    assert examples.pairs + len(held_out) == 40
    assert 0.3 * examples.pairs < texts < 0.7 * examples.pairs
    documents = {tuple(encode_opening(model.tokenizer, pair.prompt + pair.original)) for pair in PAIRS}
    plain = [(tokens, labels) for tokens, labels in examples if tuple(tokens) in documents]
    assert len(plain) == texts
    # All of it is learned but the first token; and it counts among no replies.
    assert all(labels[0] == -100 and labels[1:] == tokens[1:] for tokens, labels in plain)
    without = TrainSettings(held_out=0.2)
    other = Stage(tmp_path / "without")
    other.path.mkdir()
    tokenise_pairs(iter([to_table(Pair, PAIRS)]), Encoder.of(model.tokenizer, without, len(PAIRS)), other, 40, "test")
    alone, _, _ = read_datasets(other)
    assert alone.supervised_tokens == examples.supervised_tokens
    assert len(alone) == examples.pairs


def test_tokens_that_surprise_carry_no_loss(student: Path, tmp_path: Path) -> None:
    counts, _ = small_training.trained(student, tmp_path / "all")
    assert counts["skipped_tokens"] == 0
    counts, _ = small_training.trained(student, tmp_path / "some", skip_surprising=6.0)
    assert 0 < counts["skipped_tokens"] < counts["supervised_tokens"]

    model = StudentModel(student)
    rows = [model.tokenizer(f"{n} rivers run").input_ids for n in range(5)]
    examples = _Examples([(ids, [-100, -100, *ids[2:]]) for ids in rows])
    masked = WithoutSurprises(examples, model.model, 6.0, 64, "test")  # type: ignore[arg-type]
    assert masked[4] == (rows[4], [-100, -100, *rows[4][2:]])
    for ids, (tokens, labels) in zip(rows[:4], masked, strict=False):
        losses = [-value for value in model.token_logprobs([(ids[:2], ids[2:])])[0]]
        assert tokens == ids
        assert labels == [-100, -100, *(-100 if loss > 6 else id for loss, id in zip(losses, ids[2:], strict=True))]


def test_nothing_left_to_learn_from_is_an_error(student: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"raise train\.skip_surprising"):
        small_training.trained(student, tmp_path / "none", skip_surprising=0.0001)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"keep": {"kl": 1}, "method": "full"}, "keep.kl"),
        ({"keep": {"kl": 1}, "turn_tokens": "train"}, "keep.kl"),
        ({"skip_surprising": 3, "sharding": "fsdp", "processes": 2}, "skip_surprising"),
        ({"keep": {"text": 1.5}}, "less than or equal to 1"),
        ({"skip_surprising": 0}, "greater than 0"),
    ],
)
def test_what_does_not_go_together(settings: dict[str, Any], expected: str) -> None:
    with pytest.raises(ValidationError, match=expected):
        TrainSettings(**settings)


class _Examples(list[Any]):
    """As a TokenDataset gives them; the last one is plain text."""

    @property
    def lengths(self) -> list[int]:
        return [len(tokens) for tokens, _ in self]

    @property
    def plain(self) -> list[bool]:
        return [False] * (len(self) - 1) + [True]

    supervised_tokens = 10**6
