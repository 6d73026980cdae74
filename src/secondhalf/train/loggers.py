"""Training curves in the tools that people watch: TensorBoard, MLflow, W&B, trackio. None is used unless a recipe says so.

Only numbers leave: the log's figures of every step and the settings that are numbers. No text, no file, no console
output, no description of the machine. A run that goes on from a checkpoint tells its earlier steps again, so that every
curve is whole. A logger that fails on the way is told no more, and training goes on.
"""

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from functools import partial
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from secondhalf.errors import UserError

Name = Literal["tensorboard", "mlflow", "wandb", "trackio"]
Tell = Callable[[Mapping[str, Any]], None]  # takes a row of the log
Figures = dict[str, float]
Opened = tuple[Callable[[Figures, int], object], Callable[[bool], object]]  # log(figures, step), close(finished)
_LOG = logging.getLogger(__name__)
PROJECT = "secondhalf"
_FIGURES = {"loss": "loss/train", "held_out": "loss/held_out", "rate": "learning_rate", "tokens": "tokens"}


@contextmanager
def following(names: list[Name], folder: Path, label: str, settings: Mapping[str, Any]) -> Iterator[Tell]:
    """A function that tells one row of the log to every logger. `folder` is the run's, `label` names arm and seed.

    Raises UserError when a logger is not installed or does not start.
    """
    numbers = {name: value for name, value in settings.items() if type(value) in {int, float}}
    opened = {name: _opened(name, folder, label, numbers) for name in dict.fromkeys(names)}

    def guarded(name: Name, what: Callable[[], object]) -> None:
        try:
            with redirect_stdout(sys.stderr):
                what()
        except Exception as error:  # whatever a tool or its server does: hours of training must not be lost to it
            opened.pop(name, None)
            _LOG.warning("%s: %s failed and is told no more (%s)", label, name, _first_line(error))

    def tell(row: Mapping[str, Any]) -> None:
        figures = {shown: float(row[key]) for key, shown in _FIGURES.items() if row.get(key) is not None}
        for name, (log, _) in list(opened.items()):
            guarded(name, partial(log, figures, row["step"]))

    finished = False
    try:
        yield tell
        finished = True
    finally:
        for name, (_, close) in list(opened.items()):
            guarded(name, partial(close, finished))


def _opened(name: Name, folder: Path, label: str, numbers: Figures) -> Opened:
    try:
        with redirect_stdout(sys.stderr):  # some greet on the standard output, which is the command's own
            return LOGGERS[name](folder, label, numbers)
    except ImportError as error:
        raise UserError(
            f"train.loggers: {name} needs `pip install 'secondhalf[{name}]'` ({error.name} is missing)."
        ) from error
    except Exception as error:
        raise UserError(
            f"train.loggers: {name} does not start ({_first_line(error)}): mend it, or leave it out."
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _tensorboard(folder: Path, label: str, numbers: Figures) -> Opened:
    """Event files under runs/NAME/tensorboard/, for `tensorboard --logdir runs`."""
    from torch.utils.tensorboard import SummaryWriter

    place = folder / "tensorboard" / label.replace(" ", "-")
    rmtree(place, ignore_errors=True)  # of an attempt before this one: its steps are told again
    writer = SummaryWriter(str(place))
    for name, value in numbers.items():
        writer.add_scalar(f"settings/{name}", value, 0)

    def log(figures: Figures, step: int) -> None:
        for name, value in figures.items():
            writer.add_scalar(name, value, step)

    return log, lambda finished: writer.close()


def _mlflow(folder: Path, label: str, numbers: Figures) -> Opened:
    """A run of the experiment `secondhalf`, where MLFLOW_TRACKING_URI says, or where MLflow itself puts it."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.entities import Metric
    from mlflow.tracking import MlflowClient

    client = MlflowClient()
    known = client.get_experiment_by_name(PROJECT)
    experiment = known.experiment_id if known else client.create_experiment(PROJECT)
    # The client names the run itself: mlflow.start_run would add the user's name and the script's path.
    run = client.create_run(experiment, run_name=f"{folder.name} {label}").info.run_id
    for name, value in numbers.items():
        client.log_param(run, name, value)

    def log(figures: Figures, step: int) -> None:
        now = int(time.time() * 1000)
        client.log_batch(run, metrics=[Metric(name, value, now, step) for name, value in figures.items()])

    return log, lambda finished: client.set_terminated(run, "FINISHED" if finished else "FAILED")


def _wandb(folder: Path, label: str, numbers: Figures) -> Opened:
    """A run of the project `secondhalf`; WANDB_MODE=offline keeps it on this machine, under runs/NAME/wandb/."""
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    # What W&B gathers by itself: the console (which can hold texts), code, git, packages, the machine and its load.
    silent = wandb.Settings(
        console="off",
        disable_code=True,
        disable_git=True,
        disable_job_creation=True,
        silent=True,
        x_disable_machine_info=True,
        x_disable_meta=True,
        x_disable_stats=True,
        x_save_requirements=False,
    )
    run = wandb.init(
        project=PROJECT,
        group=folder.name,
        name=f"{folder.name} {label}",
        dir=str(folder),
        config=numbers,
        settings=silent,
        reinit="create_new",
    )
    return lambda figures, step: run.log(figures, step=step), lambda finished: run.finish(0 if finished else 1)


def _trackio(folder: Path, label: str, numbers: Figures) -> Opened:
    """A run of the project `secondhalf` in trackio's own folder on this machine (TRACKIO_DIR)."""
    import trackio

    run = trackio.init(
        project=PROJECT,
        group=folder.name,
        name=f"{folder.name} {label}",
        config=numbers,
        embed=False,
        auto_log_cpu=False,
        auto_log_gpu=False,
    )
    return lambda figures, step: run.log(figures, step=step), lambda finished: run.finish()


LOGGERS: dict[Name, Callable[[Path, str, Figures], Opened]] = {
    "tensorboard": _tensorboard,
    "mlflow": _mlflow,
    "wandb": _wandb,
    "trackio": _trackio,
}
