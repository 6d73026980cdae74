"""Loggers: fed the log's numbers and nothing else, and never in the way of training."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.train import loggers
from secondhalf.train.loggers import open_loggers
from secondhalf.train.settings import TrainSettings

ROW = {"step": 3, "tokens": 90, "loss": 2.5, "held_out": None, "rate": 1e-3, "text": "a hidden text"}


class Spy:
    """A logger that remembers, and fails on the second step if it shall."""

    def __init__(self, failing: bool = False) -> None:
        self.logged: list[tuple[dict[str, float], int]] = []
        self.numbers: dict[str, float] = {}
        self.closed: list[bool] = []
        self.failing = failing

    def open(self, folder, label, numbers):
        self.numbers = numbers
        print("a greeting")
        return self.log, self.closed.append

    def log(self, figures, step):
        if self.failing and step > 1:
            raise ConnectionError("the server is gone\nwith a long trace")
        self.logged.append((figures, step))


def test_only_numbers_are_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    spy = Spy()
    monkeypatch.setitem(loggers.LOGGERS, "wandb", spy.open)
    settings = TrainSettings(template="plain", loggers=["wandb"]).model_dump() | {"seed": 7}
    with open_loggers(["wandb"], tmp_path, "taught seed 7", settings) as log_row:
        log_row(ROW)
    assert spy.logged == [({"loss/train": 2.5, "learning_rate": 1e-3, "tokens": 90.0}, 3)]
    assert spy.numbers["rank"] == 16
    assert spy.numbers["seed"] == 7
    assert not [value for value in spy.numbers.values() if type(value) not in {int, float}]
    assert spy.closed == [True]
    assert capsys.readouterr().out == ""  # the standard output is the command's own


def test_a_logger_that_fails_does_not_stop_the_others(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = Spy(), Spy(failing=True)
    monkeypatch.setitem(loggers.LOGGERS, "wandb", good.open)
    monkeypatch.setitem(loggers.LOGGERS, "mlflow", bad.open)
    with open_loggers(["mlflow", "wandb"], tmp_path, "taught seed 1", {}) as log_row:
        for step in (1, 2, 3):
            log_row({**ROW, "step": step})
    assert [step for _, step in good.logged] == [1, 2, 3]
    assert [step for _, step in bad.logged] == [1]
    assert caplog.messages == ["taught seed 1: mlflow failed and is told no more (the server is gone)"]
    assert good.closed == [True]


def test_a_logger_is_closed_as_unfinished_when_training_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = Spy()
    monkeypatch.setitem(loggers.LOGGERS, "wandb", spy.open)

    def failing() -> None:
        with open_loggers(["wandb"], tmp_path, "taught seed 1", {}):
            raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        failing()
    assert spy.closed == [False]


@pytest.mark.parametrize(("error", "message"), [(ImportError("no", name="x"), r"\[wandb\]"), (OSError("no"), "start")])
def test_one_that_cannot_start_is_an_error_before_training(monkeypatch, tmp_path: Path, error, message: str) -> None:
    def opening(*given):
        raise error

    monkeypatch.setitem(loggers.LOGGERS, "wandb", opening)
    with pytest.raises(UserError, match=message), open_loggers(["wandb"], tmp_path, "taught seed 1", {}):
        pass


@pytest.mark.extras
def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for attempt in (1, 2):  # the second replaces the first
        with open_loggers(
            ["tensorboard"], tmp_path, "taught seed 1", {"rank": 16, "template": "a hidden text"}
        ) as log_row:
            for step in range(1, 4):
                log_row({**ROW, "step": step, "loss": attempt / step, "held_out": 2.0 if step == 3 else None})
    events = EventAccumulator(str(tmp_path / "tensorboard" / "taught-seed-1"))
    events.Reload()
    assert [(event.step, event.value) for event in events.Scalars("loss/held_out")] == [(3, 2.0)]
    assert [event.value for event in events.Scalars("loss/train")] == pytest.approx([2.0, 1.0, 2 / 3])
    assert events.Scalars("settings/rank")[0].value == 16
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and b"hidden text" in path.read_bytes()]


@pytest.mark.extras
@pytest.mark.parametrize("name", ["mlflow", "wandb", "trackio"])
def test_the_others_keep_it_on_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))  # trackio reads it when it is imported
    with open_loggers([name], tmp_path, "taught seed 1", {"rank": 16, "template": "a hidden text"}) as log_row:
        log_row(ROW)
    if name == "wandb":
        # Its own process writes the file, and may still be at it: a command waits for it when it ends.
        import_module(name).teardown()
    contents = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"loss/train" in contents
    assert b"hidden text" not in contents


def test_a_recipe_names_only_loggers_there_are() -> None:
    with pytest.raises(ValueError, match="tensorboard"):
        TrainSettings(loggers=["comet"])
    assert json.loads(TrainSettings().model_dump_json())["loggers"] == []
