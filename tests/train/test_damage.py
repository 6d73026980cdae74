"""A bit that flips while an arm is trained: what is damaged is noticed, and the training ends as an undisturbed one does."""

import logging
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from secondhalf.models.reference import resolve  # noqa: E402
from secondhalf.store import Stage, Store  # noqa: E402
from secondhalf.train import trainer  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.stage import train_arm  # noqa: E402
from support.flips import flip  # noqa: E402
from support.small_training import PAIRS, SETTINGS  # noqa: E402

TRAIN = TrainSettings(**{**SETTINGS, "checkpoint_steps": 1})


class PowerCut(BaseException):
    """Ends a training as a kill does: nobody catches it."""


def _train(student: Path, root: Path) -> Stage:
    return Store(root).make(
        "train", (1,), {}, {}, lambda stage: train_arm(PAIRS, resolve(str(student)), TRAIN, 1, stage, "train test")
    )


def _results(stage: Stage) -> dict[str, bytes]:
    return {
        name: (stage.path / name).read_bytes()
        for name in ("adapter/adapter_model.safetensors", "log.jsonl", "verdicts-00000.parquet")
    }


@pytest.fixture(scope="module")
def undisturbed(student: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return _results(_train(student, tmp_path_factory.mktemp("undisturbed")))


@pytest.mark.parametrize(
    ("files", "steps_before", "warning"),
    [
        ("checkpoints/step-000003/state.safetensors", 2, "step-000003 is broken"),
        ("checkpoints/step-000003/state.json", 2, "step-000003 is broken"),
        ("checkpoints/step-*/state.safetensors", 0, "step-000002 is broken"),
        ("tokens/part-00000.arrow", 3, "part-00000.arrow is damaged"),
    ],
)
def test_a_training_goes_on_from_what_is_whole(
    student: Path,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    monkeypatch,
    caplog,
    files: str,
    steps_before: int,
    warning: str,
) -> None:
    save, step, calls = trainer.save_checkpoint, trainer._training_step, []

    def cut(folder: Path, number: int, *rest: object) -> None:
        save(folder, number, *rest)
        if number == 3:
            raise PowerCut

    monkeypatch.setattr(trainer, "save_checkpoint", cut)
    with pytest.raises(PowerCut):
        _train(student, tmp_path)
    monkeypatch.setattr(trainer, "save_checkpoint", save)
    (half_made,) = (tmp_path / "train").iterdir()
    for path in half_made.glob(files):
        flip(path, "a")
    monkeypatch.setattr(trainer, "_training_step", lambda *given: calls.append(1) or step(*given))
    with caplog.at_level(logging.WARNING):
        stage = _train(student, tmp_path)
    assert warning in caplog.text
    assert _results(stage) == undisturbed
    assert len(calls) == stage.manifest["steps"] - steps_before > 0
