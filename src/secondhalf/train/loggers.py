"""Training curves in the tools that people watch: TensorBoard, MLflow, W&B, trackio. None is used unless a recipe says so.

Only numbers leave: the log's figures of every step and the settings that are numbers. No text, no file, no console
output, no description of the machine. A run that goes on from a checkpoint tells its earlier steps again, so that every
curve is whole.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Any, Literal

from secondhalf.errors import UserError

Name = Literal["tensorboard", "mlflow", "wandb", "trackio"]
Tell = Callable[[Mapping[str, Any]], None]  # takes a row of the log
Figures = dict[str, float]
PROJECT = "secondhalf"
_FIGURES = {"loss": "loss/train", "held_out": "loss/held_out", "rate": "learning_rate", "tokens": "tokens"}


@contextmanager
def following(names: list[Name], folder: Path, label: str, settings: Mapping[str, Any]) -> Iterator[Tell]:
    """A function that tells one row of the log to every logger. `folder` is the run's, `label` names arm and seed.

    Raises UserError when a logger is not installed.
    """
    numbers = {name: value for name, value in settings.items() if type(value) in {int, float}}
    with ExitStack() as stack:
        loggers = []
        for name in names:
            try:
                loggers.append(stack.enter_context(LOGGERS[name](folder, label, numbers)))
            except ImportError as error:
                raise UserError(
                    f"train.loggers: {name} needs `pip install 'secondhalf[{name}]'` ({error.name} is missing)."
                ) from error

        def tell(row: Mapping[str, Any]) -> None:
            figures = {shown: float(row[key]) for key, shown in _FIGURES.items() if row.get(key) is not None}
            for log in loggers:
                log(figures, row["step"])

        yield tell


Log = Callable[[Figures, int], None]


@contextmanager
def _tensorboard(folder: Path, label: str, numbers: Figures) -> Iterator[Log]:
    """Event files under runs/NAME/tensorboard/, for `tensorboard --logdir runs`."""
    from torch.utils.tensorboard import SummaryWriter

    place = folder / "tensorboard" / label.replace(" ", "-")
    rmtree(place, ignore_errors=True)  # of an attempt before this one: its steps are told again
    with SummaryWriter(str(place)) as writer:
        for name, value in numbers.items():
            writer.add_scalar(f"settings/{name}", value, 0)

        def log(figures: Figures, step: int) -> None:
            for name, value in figures.items():
                writer.add_scalar(name, value, step)

        yield log


@contextmanager
def _mlflow(folder: Path, label: str, numbers: Figures) -> Iterator[Log]:
    """A run of the experiment `secondhalf`, where MLFLOW_TRACKING_URI says, or where MLflow itself puts it."""
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    from mlflow.tracking import MlflowClient

    client = MlflowClient()
    known = client.get_experiment_by_name(PROJECT)
    experiment = known.experiment_id if known else client.create_experiment(PROJECT)
    # The client names the run itself: mlflow.start_run would add the user's name and the script's path.
    run = client.create_run(experiment, run_name=f"{folder.name} {label}").info.run_id
    for name, value in numbers.items():
        client.log_param(run, name, value)
    status = "FAILED"
    try:
        yield lambda figures, step: [client.log_metric(run, name, value, step=step) for name, value in figures.items()]
        status = "FINISHED"
    finally:
        client.set_terminated(run, status)


@contextmanager
def _wandb(folder: Path, label: str, numbers: Figures) -> Iterator[Log]:
    """A run of the project `secondhalf`; WANDB_MODE=offline keeps it on this machine, under runs/NAME/wandb/."""
    os.environ.setdefault("WANDB_ERROR_REPORTING", "false")
    import wandb

    # What W&B gathers by itself: the console (which can hold texts), code, git, the machine and its load.
    silent = wandb.Settings(
        console="off", disable_code=True, disable_git=True, silent=True, x_disable_meta=True, x_disable_stats=True
    )
    with wandb.init(
        project=PROJECT, group=folder.name, name=f"{folder.name} {label}", dir=str(folder), config=numbers,
        settings=silent, reinit="create_new",
    ) as run:  # fmt: skip
        yield lambda figures, step: run.log(figures, step=step)


@contextmanager
def _trackio(folder: Path, label: str, numbers: Figures) -> Iterator[Log]:
    """A run of the project `secondhalf` in trackio's own folder on this machine."""
    import trackio

    run = trackio.init(project=PROJECT, group=folder.name, name=f"{folder.name} {label}", config=numbers, embed=False)
    try:
        yield lambda figures, step: run.log(figures, step=step)
    finally:
        run.finish()


LOGGERS: dict[str, Callable[[Path, str, Figures], Any]] = {
    "tensorboard": _tensorboard,
    "mlflow": _mlflow,
    "wandb": _wandb,
    "trackio": _trackio,
}
