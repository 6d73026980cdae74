import multiprocessing
import os
import signal
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from pydantic import ValidationError  # noqa: E402

from secondhalf.errors import UserError  # noqa: E402
from secondhalf.models.weights.load import load_student  # noqa: E402
from secondhalf.train import trainer  # noqa: E402
from secondhalf.train.distributed import ProcessGroup  # noqa: E402
from secondhalf.train.early_stopping import EarlyStopping, EarlyStoppingSettings, early_stopping_summary  # noqa: E402
from secondhalf.train.method import make_trainable  # noqa: E402
from secondhalf.train.settings import TrainSettings  # noqa: E402
from secondhalf.train.trainer import train_model  # noqa: E402

STOP = EarlyStoppingSettings(patience=2, steps=2)
SETTINGS = TrainSettings(
    rank=4, learning_rate=3e-2, epochs=20, tokens_per_step=64, tokens_per_batch=64, max_length=64, checkpoint_steps=3,
    schedule="constant", early_stopping=STOP,
)  # fmt: skip


def logged(*losses: float, steps: int = 2) -> list[dict[str, Any]]:
    """A log whose held-out losses were measured every `steps` steps, and at step 1 as well, which does not count."""
    measured = {steps * number: loss for number, loss in enumerate(losses, 1)}
    return [
        {"step": step, "held_out": measured.get(step, 0.0 if step == 1 else None)}
        for step in range(1, max(measured) + 1)
    ]


@pytest.mark.parametrize(
    ("losses", "best", "stops"),
    [
        ((3.0,), 2, False),
        ((3.0, 2.0, 2.5), 4, False),
        ((3.0, 2.0, 2.5, 2.1), 4, True),
        ((3.0, 2.0, 2.5, 1.9), 8, False),
        ((3.0, 3.0, 3.0), 2, True),  # no lower is no better
    ],
)
def test_it_waits_for_patience_and_knows_the_best(losses: tuple[float, ...], best: int, stops: bool) -> None:
    stopping = EarlyStopping(STOP, 100, 5, Path())
    log = logged(*losses)
    assert (stopping.best_step(log), stopping.should_stop(log)) == (best, stops)


def test_a_small_gain_is_none_where_the_recipe_says_so() -> None:
    stopping = EarlyStopping(STOP.model_copy(update={"least": 0.1}), 100, 5, Path())
    assert stopping.best_step(logged(3.0, 2.95, 2.8)) == 6
    assert stopping.should_stop(logged(3.0, 2.95, 2.93))


def test_off_it_measures_nothing() -> None:
    stopping = EarlyStopping(EarlyStoppingSettings(), 4, 0, Path())
    assert not any(stopping.is_evaluation_step(step) for step in range(5))
    assert not stopping.should_stop(logged(1.0, 2.0, 3.0))
    assert early_stopping_summary(EarlyStoppingSettings(), logged(1.0, 2.0)) == {}


def test_it_needs_held_out_pairs() -> None:
    with pytest.raises(UserError, match=r"raise train\.held_out"):
        EarlyStopping(STOP, 4, 0, Path())
    with pytest.raises(ValidationError, match="raise it"):
        TrainSettings(held_out=0, early_stopping=STOP)


def rising_held_out_loss() -> tuple[list[Any], list[Any]]:
    """Pairs to learn by heart, and held-out ones that contradict them: their loss falls, then rises."""
    train = [([2, *range(n, n + 12)], [-100] * 6 + list(range(n + 5, n + 12))) for n in range(20, 44)]
    held_out = [([2, *range(n, n + 9), 7, 7, 7], [-100] * 6 + [*range(n + 5, n + 9), 7, 7, 7]) for n in (21, 30, 39)]
    return train, held_out


def trained(student: Path, folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    log = train_model(model, *rising_held_out_loss(), SETTINGS, 1, folder, "test")
    return {name: weight.detach().clone() for name, weight in model.named_parameters() if weight.requires_grad}, log


def killed(student: Path, folder: Path, step: int) -> None:
    """Trains until the best weights after `step` are written and their checkpoint is not."""
    save = trainer.save_checkpoint

    def saving(folder: Path, number: int, *rest: Any) -> None:
        if number == step:
            os.kill(os.getpid(), signal.SIGKILL)
        save(folder, number, *rest)

    trainer.save_checkpoint = saving  # type: ignore[assignment]
    trained(student, folder)


def test_it_stops_keeps_the_best_and_a_kill_changes_nothing(student: Path, tmp_path: Path) -> None:
    weights, log = trained(student, tmp_path / "whole")
    best = early_stopping_summary(STOP, log)["best_step"]
    measured = {row["step"]: row["held_out"] for row in log if row["step"] % 2 == 0}
    assert 2 < best < log[-1]["step"] < 80
    assert measured[best] == min(measured.values())
    assert log[-1]["step"] == best + STOP.patience * STOP.steps
    # The weights that are kept give the loss of the best step, not of the last.
    model = make_trainable(load_student(student)[1], SETTINGS, 1)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if weight.requires_grad:
                weight.copy_(weights[name])
    assert trainer.held_out_loss(model, rising_held_out_loss()[1], SETTINGS, ProcessGroup()) == pytest.approx(
        measured[best], rel=1e-6
    )
    for step in (best, log[-1]["step"]):
        folder = tmp_path / f"killed-{step}"
        process = multiprocessing.get_context("spawn").Process(target=killed, args=(student, folder, step))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL
        again, log_again = trained(student, folder)
        assert log_again == log
        assert all(torch.equal(again[name], weights[name]) for name in weights)
    # Started once more after the end, it trains no further.
    again, log_again = trained(student, tmp_path / "whole")
    assert log_again == log
    assert all(torch.equal(again[name], weights[name]) for name in weights)


@pytest.mark.parametrize("harm", ["gone", "flip"])
def test_best_weights_that_are_gone_or_damaged_are_an_error(student: Path, tmp_path: Path, harm: str) -> None:
    _, log = trained(student, tmp_path)
    best = tmp_path / f"best-{early_stopping_summary(STOP, log)['best_step']:06d}.safetensors"
    if harm == "gone":
        best.unlink()
    else:
        data = bytearray(best.read_bytes())
        data[-2] ^= 1  # still a tensor
        best.write_bytes(data)
    with pytest.raises(UserError, match="train again"):
        trained(student, tmp_path)
