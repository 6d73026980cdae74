"""What replies are to a student before training: worked out by hand, and that more pairs contain fewer."""

from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.chat.template import Template  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.probe.replies import measure_replies  # noqa: E402
from secondhalf.rows import Pair, Score, digest, from_table, to_table  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402

TEMPLATE = Template(name="plain")


def pair(number: int, response: str, prompt: str = "a number") -> Pair:
    document = digest("document", str(number))
    return Pair(f"{document}-s", document, "words", "en", prompt, " rest", response, "t", "stop")


def measure(
    student: Path, folder: Path, pairs: list[Pair], most: int = 100
) -> tuple[dict[str, dict[str, float]], dict[str, int]]:
    stage = Stage(folder)
    folder.mkdir(parents=True)
    table = to_table(Pair, sorted(pairs, key=lambda pair: pair.id))
    counts = measure_replies(StudentModel(student), TEMPLATE, table, most, 1, stage, "test")
    figures: dict[str, dict[str, float]] = {}
    for score in from_table(Score, stage.read("part")):
        figures.setdefault(score.figure, {})[score.id] = score.value
    return figures, counts


def test_by_hand(student: Path, tmp_path: Path):
    """Cross-entropy and entropy from the whole distribution, worked out here."""
    one = pair(1, "one two three")
    figures, counts = measure(student, tmp_path / "s", [one])
    model = StudentModel(student)
    before = TEMPLATE.encode_prompt(model.tokenizer, one.prompt)
    reply = TEMPLATE.encode_response(model.tokenizer, one.response, ended=False)
    with torch.inference_mode():
        logits = model.model(torch.tensor([before + reply])).logits[0, len(before) - 1 : -1].float()
    logprobs = logits.log_softmax(-1)
    loss = -logprobs[range(len(reply)), reply].mean().item()
    entropy = -(logprobs.exp() * logprobs).sum(-1).mean().item()
    assert figures["reply_loss"][one.id] == pytest.approx(loss, rel=1e-3)
    assert figures["reply_surprise"][one.id] == pytest.approx(loss - entropy, rel=1e-2)
    assert counts == {"rows_in": 1, "rows": 1, "left_out": 0}


def test_more_pairs_contain_fewer_and_an_empty_reply_is_counted(student: Path, tmp_path: Path):
    pairs = [pair(number, f"reply {number}") for number in range(9)] + [pair(99, "")]
    few, _ = measure(student, tmp_path / "few", pairs, most=4)
    all_of_them, counts = measure(student, tmp_path / "all", pairs)
    assert set(few["reply_loss"]) <= set(all_of_them["reply_loss"])
    assert len(few["reply_loss"]) in {3, 4}
    assert counts == {"rows_in": 10, "rows": 9, "left_out": 1}


def test_what_does_not_fit_into_the_context_is_left_out(student: Path, tmp_path: Path):
    limit = StudentModel(student).model.config.max_position_embeddings
    figures, counts = measure(student, tmp_path / "s", [pair(1, "short"), pair(2, "word " * (limit + 1))])
    assert counts["left_out"] == 1
    assert len(figures["reply_loss"]) == 1
