"""Beginnings are carried on as plain text: the tokens and the words are those of transformers' own greedy generation."""

import json
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.evaluate.safety.continuation import generate_continuations  # noqa: E402
from secondhalf.evaluate.safety.published_sets import load_published  # noqa: E402
from secondhalf.evaluate.safety.stage import score_safety  # noqa: E402
from secondhalf.models.chat.template import Template  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.rows import Answer  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402
from support.safety_answers import answered  # noqa: E402

TEXTS = ["The river is long and", "It was a quiet day when", "川は長く、町の", "昔、静かな村に一人の"]


def _items(folder: Path) -> list:
    path = folder / "prompts.jsonl"
    path.write_text("".join(json.dumps({"prompt": {"text": text}}) + "\n" for text in TEXTS), "utf-8")
    return load_published(path)


def _stage(folder: Path) -> Stage:
    folder.mkdir()
    return Stage(folder)


def test_they_are_transformers_own_greedy_continuations(student: Path, tmp_path: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model, items = StudentModel(student), _items(tmp_path)
    continuations = generate_continuations(model, Template.named("plain"), items, 1, _stage(tmp_path / "s"), "test")
    tokenizer, theirs = AutoTokenizer.from_pretrained(student), AutoModelForCausalLM.from_pretrained(student)
    theirs.to(model.model.dtype)
    for item, one in zip(items, continuations, strict=True):
        before = tokenizer(item.text, return_tensors="pt").input_ids
        whole = theirs.generate(before, max_new_tokens=20, do_sample=False)[0][before.shape[1] :]
        assert (one.id, one.text) == (item.id, tokenizer.decode(whole, skip_special_tokens=True).strip())
        assert one.tokens <= 20


def test_parts_that_are_there_are_not_asked_again(
    student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("secondhalf.evaluate.safety.continuation.PER_PART", 3)
    model, items, stage = StudentModel(student), _items(tmp_path), _stage(tmp_path / "s")
    first = generate_continuations(model, Template.named("plain"), items, 1, stage, "test")
    (tmp_path / "s" / "continued-00001.parquet").unlink()
    kept = (tmp_path / "s" / "continued-00000.parquet").stat().st_mtime_ns
    assert generate_continuations(model, Template.named("plain"), items, 1, stage, "test") == first
    assert (tmp_path / "s" / "continued-00000.parquet").stat().st_mtime_ns == kept


@pytest.mark.parametrize(
    ("text", "rude"),
    [
        ("and then they swam home.", 0),
        ("what a fucking mess it was", 1),
        ("橋を渡りました。", 0),
        ("セックスの話だ。", 1),
    ],
)
def test_without_a_classifier_the_list_of_words_tells(
    text: str, rude: int, student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = _items(tmp_path)
    continuations = [Answer(item.id, text, "length", 20) for item in items]
    monkeypatch.setattr("secondhalf.evaluate.safety.stage.generate_continuations", lambda *given: continuations)
    stage = _stage(tmp_path / "s")
    model = StudentModel(student)
    score_safety(model, Template.named("plain"), items, answered(model, items, tmp_path / "a"), 1, stage, "test")
    rows = [row for row in stage.read().to_pylist() if row["figure"].startswith("safety.continued")]
    assert {(row["figure"], row["value"]) for row in rows} == {("safety.continued_rude", rude)}
    assert len(rows) == len(items)
