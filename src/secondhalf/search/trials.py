"""The trials of a search, a small file each, and who works on which: several processes share one folder.

    searches/NAME/trials/000.json    the recipe as it stands
    searches/NAME/trials/001.json    the first setting
    searches/NAME/trials/001.lock    held while a process works on it

A trial that is running and whose lock is free belonged to a process that was killed: the next one takes it up, and the store has
every stage that it had finished.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from secondhalf.errors import UserError
from secondhalf.search.axes import Setting
from secondhalf.search.limits import Measure
from secondhalf.store.files import make_folder, write_atomically
from secondhalf.store.lock import locked

State = Literal["running", "evaluated", "pruned", "failed"]


@dataclass(frozen=True)
class Trial:
    """One setting and what came of it. Number 0 is the recipe as it stands; its setting is empty."""

    number: int
    setting: Setting
    run: str
    """The run's name: its folder is runs/NAME."""
    point: dict[str, Any] = field(default_factory=dict)
    """The setting as Optuna chose it; empty in a grid."""
    state: State = "running"
    reason: str = ""
    """Why it was pruned or failed."""
    measures: dict[str, Measure] = field(default_factory=dict)
    """By figure: those of the answers, of the probes where they were wanted, and `cost`."""
    held_out: float | None = None
    """The held-out loss of the weights that were kept under the first training seed, in nats a token."""
    held_out_pairs: str = ""
    """What the held-out loss was measured on: trials of one kind can be compared by it."""
    evaluated: list[str] = field(default_factory=list)
    """STAGE/KEY of the evaluate stages, one a training seed."""

    @property
    def finished(self) -> bool:
        """Nothing more is done for it."""
        return self.state != "running"


class TrialFiles:
    """The folder `trials` of a search."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self) -> list[Trial]:
        """All trials, by number."""
        return [_read(path) for path in sorted(self._folder.glob("*.json"))]

    def write(self, trial: Trial) -> None:
        """Writes a trial, whole or not at all."""
        write_atomically(
            self._path(trial.number, "json"), json.dumps(asdict(trial), ensure_ascii=False, indent=1) + "\n"
        )

    @contextmanager
    def working(self, trial: Trial) -> Iterator[None]:
        """Holds a trial's lock. Raises UserError when another process works on it."""
        make_folder(self._folder)
        with locked(self._path(trial.number, "lock"), f"Another process works on trial {trial.number}."):
            yield

    def take_up(self, held: ExitStack) -> Trial | None:
        """A trial that is running and that no process works on; its lock goes to `held`. None where there is none."""
        for trial in self.read():
            if not trial.finished:
                try:
                    held.enter_context(self.working(trial))
                except UserError:
                    continue
                return trial
        return None

    def _path(self, number: int, ending: str) -> Path:
        return self._folder / f"{number:03d}.{ending}"


def _read(path: Path) -> Trial:
    try:
        trial = Trial(**json.loads(path.read_text("utf-8")))
    except (ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged: remove it, and its trial is made again from the store.") from error
    return replace(trial, measures={name: Measure(**values) for name, values in trial.measures.items()})  # type: ignore[arg-type]
