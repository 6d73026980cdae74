"""One student is in memory at a time: the one before is gone when the next is loaded."""

import weakref
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import Model
from secondhalf.steps import arms


@pytest.fixture
def adapters(student: Path, tmp_path: Path) -> list[Path]:
    """Two adapters of the tiny student."""
    from peft import LoraConfig, get_peft_model

    from secondhalf.models.weights.load import load_student

    for name in ("one", "two"):
        model = get_peft_model(load_student(student)[1], LoraConfig(r=2, target_modules="all-linear"))
        model.save_pretrained(tmp_path / name)
    return [tmp_path / "one", tmp_path / "two"]


def test_the_student_before_is_gone_when_the_next_is_loaded(student: Path, adapters: list[Path], monkeypatch):
    before: list[weakref.ref[Any]] = []
    alive: list[list[Any]] = []

    def load(folder: Path, engine: str) -> StudentModel:
        alive.append([reference() for reference in before if reference() is not None])
        return StudentModel(folder, engine)

    monkeypatch.setattr(arms, "StudentModel", load)
    monkeypatch.setattr(arms, "student_folder", lambda path, identity: path)
    model = arms._load(Model("one", student, "1"), "transformers")
    assert arms._load(Model("one", student, "1"), "transformers") is model
    # Answers with adapters, alone and by row: what they leave in the base must not keep it.
    model.use(adapters[0])
    model.generate_each(
        [(adapter, [[2, 40, 41]]) for adapter in adapters], max_tokens=2, temperature=0.0, seed=1, stop_ids=[1]
    )
    before += [weakref.ref(model), weakref.ref(model._base), *map(weakref.ref, model._base.parameters())]
    del model
    arms._load(Model("two", student, "2"), "transformers")
    assert alive == [[], []]
