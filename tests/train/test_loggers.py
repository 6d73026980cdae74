"""Loggers: fed the log's numbers and nothing else, and never in the way of training."""

import json
from importlib import import_module
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.train import loggers
from secondhalf.train.loggers import following
from secondhalf.train.settings import TrainSettings

ROW = {"step": 3, "tokens": 90, "loss": 2.5, "held_out": None, "rate": 1e-3, "text": "a hidden text"}


class Spy:
    """A logger that remembers, and fails on the second step if it shall."""

    def __init__(self, failing: bool = False) -> None:
        self.told: list[tuple[dict[str, float], int]] = []
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
        self.told.append((figures, step))


def test_only_numbers_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    spy = Spy()
    monkeypatch.setitem(loggers.LOGGERS, "wandb", spy.open)
    settings = TrainSettings(template="plain", loggers=["wandb"]).model_dump() | {"seed": 7}
    with following(["wandb"], tmp_path, "taught seed 7", settings) as tell:
        tell(ROW)
    assert spy.told == [({"loss/train": 2.5, "learning_rate": 1e-3, "tokens": 90.0}, 3)]
    assert spy.numbers["rank"] == 16
    assert spy.numbers["seed"] == 7
    assert not [value for value in spy.numbers.values() if type(value) not in {int, float}]
    assert spy.closed == [True]
    assert capsys.readouterr().out == ""  # the standard output is the command's own


def test_a_logger_that_fails_does_not_stop_the_others(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    good, bad = Spy(), Spy(failing=True)
    monkeypatch.setitem(loggers.LOGGERS, "wandb", good.open)
    monkeypatch.setitem(loggers.LOGGERS, "mlflow", bad.open)
    with following(["mlflow", "wandb"], tmp_path, "taught seed 1", {}) as tell:
        for step in (1, 2, 3):
            tell({**ROW, "step": step})
    assert [step for _, step in good.told] == [1, 2, 3]
    assert [step for _, step in bad.told] == [1]
    said = capsys.readouterr().err
    assert said.count("mlflow failed and is told no more (the server is gone)") == 1
    assert good.closed == [True]


def test_it_learns_when_training_failed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spy = Spy()
    monkeypatch.setitem(loggers.LOGGERS, "wandb", spy.open)

    def failing() -> None:
        with following(["wandb"], tmp_path, "taught seed 1", {}):
            raise ValueError("lost")

    with pytest.raises(ValueError, match="lost"):
        failing()
    assert spy.closed == [False]


@pytest.mark.parametrize(
    ("error", "said"), [(ImportError("no", name="x"), r"secondhalf\[wandb\]"), (OSError("no"), "start")]
)
def test_one_that_cannot_start_is_told_before_training(monkeypatch, tmp_path: Path, error, said: str) -> None:
    def opening(*given):
        raise error

    monkeypatch.setitem(loggers.LOGGERS, "wandb", opening)
    with pytest.raises(UserError, match=said), following(["wandb"], tmp_path, "taught seed 1", {}):
        pass


@pytest.mark.extras
def test_tensorboard_reads_what_was_written(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    for attempt in (1, 2):  # the second replaces the first
        with following(["tensorboard"], tmp_path, "taught seed 1", {"rank": 16, "template": "a hidden text"}) as tell:
            for step in range(1, 4):
                tell({**ROW, "step": step, "loss": attempt / step, "held_out": 2.0 if step == 3 else None})
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
    with following([name], tmp_path, "taught seed 1", {"rank": 16, "template": "a hidden text"}) as tell:
        tell(ROW)
    if name == "wandb":
        # Its own process writes the file, and may still be at it: a command waits for it when it ends.
        import_module(name).teardown()
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"loss/train" in written
    assert b"hidden text" not in written


def test_a_recipe_names_only_loggers_there_are() -> None:
    with pytest.raises(ValueError, match="tensorboard"):
        TrainSettings(loggers=["comet"])
    assert json.loads(TrainSettings().model_dump_json())["loggers"] == []
