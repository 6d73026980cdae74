"""What each method trains and writes, and that the result answers as the student does."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.generation.student import StudentModel  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.rows import Pair, to_table  # noqa: E402
from secondhalf.store.stage import Stage  # noqa: E402
from secondhalf.train.method import make_trainable  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.stage import train_arm  # noqa: E402

PAIRS = to_table(
    Pair,
    [Pair(f"{n:02d}", f"d{n}", "words", "en", f"count {n}", "", f"{n} and {n + 1}", "t", "stop") for n in range(12)],
)


def trained(student: Path, folder: Path, **more: Any) -> tuple[dict[str, Any], Stage]:
    stage = Stage(folder)
    stage.path.mkdir(parents=True)
    settings = TrainSettings(rank=4, epochs=4, tokens_per_step=64, held_out=0, learning_rate=5e-3, **more)
    return train_arm(PAIRS, resolve(str(student)), settings, 1, stage, "test"), stage


def likelihood(model: StudentModel) -> float:
    return sum(total for total, _ in model.loglikelihood([([2, 20, 21], [30, 31])]))


@pytest.mark.parametrize("method", ["lora", "dora"])
def test_an_adapter_is_trained_and_nothing_else(student: Path, tmp_path: Path, method: Any) -> None:
    model = make_trainable(load_student(student)[1], TrainSettings(method=method, rank=4), 1)
    names = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert names
    assert all("lora_" in name for name in names)
    assert any("magnitude" in name for name in names) == (method == "dora")
    counts, stage = trained(student, tmp_path / "s", method=method)
    log = (stage.path / "log.jsonl").read_text("utf-8").splitlines()
    assert len(log) == counts["steps"] > 1
    local = StudentModel(student)
    before = likelihood(local)
    local.use(stage.path / "adapter")
    assert likelihood(local) != before


def test_full_trains_every_weight_and_writes_a_whole_model(student: Path, tmp_path: Path) -> None:
    _, stage = trained(student, tmp_path / "s", method="full")
    assert not (stage.path / "adapter").exists()
    before, after = (load_student(folder)[1].state_dict() for folder in (student, stage.path / "model"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name for name in before if "embed_tokens" in name or "proj" in name} <= changed
    assert likelihood(StudentModel(stage.path / "model")) != likelihood(StudentModel(student))


def test_qlora_names_the_package_it_needs(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"\[qlora\]"):
        trained(student, tmp_path / "s", method="qlora")


@pytest.mark.parametrize("method", ["lora", "full"])
def test_activations_computed_twice_change_nothing(student: Path, tmp_path: Path, method: Any) -> None:
    logs = []
    for choice in ("off", "on"):
        counts, stage = trained(student, tmp_path / choice, method=method, gradient_checkpointing=choice)
        assert counts["gradient_checkpointing"] == (choice == "on")
        logs.append((stage.path / "log.jsonl").read_text("utf-8"))
    assert logs[0] == logs[1]


def test_float32_is_float32(student: Path) -> None:
    _, model = load_student(student, "float32")
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_dropout_depends_on_the_step_alone(student: Path, tmp_path: Path) -> None:
    logs = [
        (trained(student, tmp_path / str(n), dropout=0.3)[1].path / "log.jsonl").read_text("utf-8") for n in range(2)
    ]
    assert logs[0] == logs[1]
    assert logs[0] != (trained(student, tmp_path / "none")[1].path / "log.jsonl").read_text("utf-8")
