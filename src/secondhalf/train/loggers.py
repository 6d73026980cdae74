"""Training curves in the tools that people watch: TensorBoard, MLflow, W&B, trackio. None is used unless a recipe says so.

Only numbers leave: the log's metrics of every step and the settings that are numbers. No text, no file, no console
output, no description of the machine. A run that goes on from a checkpoint logs its earlier steps again, so that every
curve is whole. A logger that fails on the way is dropped, and training goes on.
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
from typing import Literal

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.train.log import LogRow

LoggerName = Literal["tensorboard", "mlflow", "wandb", "trackio"]
Metrics = dict[str, float]
Logger = tuple[Callable[[Metrics, int], object], Callable[[bool], object]]
"""log(metrics, step) and close(finished)."""
_LOG = logging.getLogger(__name__)
PROJECT = "secondhalf"
_METRICS = {"loss": "loss/train", "held_out": "loss/held_out", "rate": "learning_rate", "tokens": "tokens"}


@contextmanager
def open_loggers(
    names: list[LoggerName], folder: Path, label: str, settings: Mapping[str, object]
) -> Iterator[Callable[[LogRow], None]]:
    """A function that sends one row of the log to every logger. `folder` is the run's, `label` names arm and seed.

    Raises UserError when a logger is not installed or does not start.
    """
    numbers: Metrics = {}
    for name, value in settings.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            numbers[name] = value
    loggers = {logger: _open(logger, folder, label, numbers) for logger in dict.fromkeys(names)}

    def guarded(name: LoggerName, call: Callable[[], object]) -> None:
        try:
            with redirect_stdout(sys.stderr):
                call()
        except Exception as error:  # whatever a tool or its server does: hours of training must not be lost to it
            loggers.pop(name, None)
            _LOG.warning("%s: %s failed and is told no more (%s)", label, name, _first_line(error))

    def log_row(row: LogRow) -> None:
        values = {metric: row.get(key) for key, metric in _METRICS.items()}
        metrics = {metric: float(value) for metric, value in values.items() if isinstance(value, int | float)}
        for name, (log, _) in list(loggers.items()):
            guarded(name, partial(log, metrics, row["step"]))

    finished = False
    try:
        yield log_row
        finished = True
    finally:
        for name, (_, close) in list(loggers.items()):
            guarded(name, partial(close, finished))


def _open(name: LoggerName, folder: Path, label: str, numbers: Metrics) -> Logger:
    try:
        with redirect_stdout(sys.stderr):  # some greet on the standard output, which is the command's own
            return LOGGERS[name](folder, label, numbers)
    except ImportError as error:
        raise UserError(f"train.loggers: {name} needs {install.extra(name)} ({error.name} is missing).") from error
    except Exception as error:
        raise UserError(
            f"train.loggers: {name} does not start ({_first_line(error)}): mend it, or leave it out."
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _tensorboard(folder: Path, label: str, numbers: Metrics) -> Logger:
    """Event files under runs/NAME/tensorboard/, for `tensorboard --logdir runs`."""
    from torch.utils.tensorboard import SummaryWriter

    event_folder = folder / "tensorboard" / label.replace(" ", "-")
    rmtree(event_folder, ignore_errors=True)  # of an attempt before this one: its steps are logged again
    writer = SummaryWriter(str(event_folder))
    for name, value in numbers.items():
        writer.add_scalar(f"settings/{name}", value, 0)

    def log(metrics: Metrics, step: int) -> None:
        for name, value in metrics.items():
            writer.add_scalar(name, value, step)

    return log, lambda finished: writer.close()


def _mlflow(folder: Path, label: str, numbers: Metrics) -> Logger:
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

    def log(metrics: Metrics, step: int) -> None:
        now = int(time.time() * 1000)
        client.log_batch(run, metrics=[Metric(name, value, now, step) for name, value in metrics.items()])

    return log, lambda finished: client.set_terminated(run, "FINISHED" if finished else "FAILED")


def _wandb(folder: Path, label: str, numbers: Metrics) -> Logger:
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
    return lambda metrics, step: run.log(metrics, step=step), lambda finished: run.finish(0 if finished else 1)


def _trackio(folder: Path, label: str, numbers: Metrics) -> Logger:
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
    return lambda metrics, step: run.log(metrics, step=step), lambda finished: run.finish()


LOGGERS: dict[LoggerName, Callable[[Path, str, Metrics], Logger]] = {
    "tensorboard": _tensorboard,
    "mlflow": _mlflow,
    "wandb": _wandb,
    "trackio": _trackio,
}
