"""What each method trains and writes, and that the result answers through the student's own door."""

from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.generation.student import Local  # noqa: E402
from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.rows import Pair, to_table  # noqa: E402
from secondhalf.store.stages import Stage  # noqa: E402
from secondhalf.train import stage as training  # noqa: E402
from secondhalf.train.method import adapted  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402

PAIRS = to_table(
    Pair,
    [Pair(f"{n:02d}", f"d{n}", "words", "en", f"count {n}", "", f"{n} and {n + 1}", "t", "stop") for n in range(12)],
)


def fitted(student: Path, folder: Path, **more: Any) -> tuple[dict[str, Any], Stage]:
    stage = Stage(folder)
    stage.path.mkdir(parents=True)
    settings = TrainSettings(rank=4, epochs=4, tokens_per_step=64, held_out=0, learning_rate=5e-3, **more)
    return training.fit(PAIRS, resolve(str(student)), settings, 1, stage, "test"), stage


def scored(model: Local) -> float:
    return sum(total for total, _ in model.loglikelihood([([2, 20, 21], [30, 31])]))


@pytest.mark.parametrize("method", ["lora", "dora"])
def test_an_adapter_is_trained_and_nothing_else(student: Path, tmp_path: Path, method: Any) -> None:
    model = adapted(load_student(student)[1], TrainSettings(method=method, rank=4), 1)
    trained = {name for name, weight in model.named_parameters() if weight.requires_grad}
    assert trained
    assert all("lora_" in name for name in trained)
    assert any("magnitude" in name for name in trained) == (method == "dora")
    counts, stage = fitted(student, tmp_path / "s", method=method)
    log = (stage.path / "log.jsonl").read_text("utf-8").splitlines()
    assert len(log) == counts["steps"] > 1
    local = Local(student)
    before = scored(local)
    local.use(stage.path / "adapter")
    assert scored(local) != before


def test_full_trains_every_weight_and_writes_a_whole_model(student: Path, tmp_path: Path) -> None:
    _, stage = fitted(student, tmp_path / "s", method="full")
    assert not (stage.path / "adapter").exists()
    before, after = (load_student(folder)[1].state_dict() for folder in (student, stage.path / "model"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert {name for name in before if "embed_tokens" in name or "proj" in name} <= changed
    assert scored(Local(stage.path / "model")) != scored(Local(student))


def test_qlora_says_what_it_needs(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UserError, match=r"secondhalf\[qlora\]"):
        fitted(student, tmp_path / "s", method="qlora")


@pytest.mark.parametrize("method", ["lora", "full"])
def test_activations_computed_twice_change_nothing(student: Path, tmp_path: Path, method: Any) -> None:
    logs = []
    for wanted in ("off", "on"):
        counts, stage = fitted(student, tmp_path / wanted, method=method, gradient_checkpointing=wanted)
        assert counts["gradient_checkpointing"] == (wanted == "on")
        logs.append((stage.path / "log.jsonl").read_text("utf-8"))
    assert logs[0] == logs[1]


def test_float32_is_float32(student: Path) -> None:
    _, model = load_student(student, "float32")
    assert {weight.dtype for weight in model.parameters()} == {torch.float32}


def test_dropout_depends_on_the_step_alone(student: Path, tmp_path: Path) -> None:
    logs = [
        (fitted(student, tmp_path / str(n), dropout=0.3)[1].path / "log.jsonl").read_text("utf-8") for n in range(2)
    ]
    assert logs[0] == logs[1]
    assert logs[0] != (fitted(student, tmp_path / "none")[1].path / "log.jsonl").read_text("utf-8")


def test_where_and_how_fast_decide_nothing() -> None:
    usual = TrainSettings().deciding("train")
    more = {"processes": 4, "gradient_checkpointing": "on", "checkpoint_steps": 3, "loggers": ["tensorboard"]}
    assert TrainSettings(**more).deciding("train") == usual
    for more in ({"method": "dora"}, {"dropout": 0.1}, {"precision": "float32"}):
        assert TrainSettings(**more).deciding("train") != usual
