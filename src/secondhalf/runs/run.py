"""A run's folder: the resolved recipe, the stages it points to, the report; one process at a time.

runs/NAME/recipe.yaml    as resolved, every default written out
runs/NAME/stages.json    label -> {"stage": STAGE/KEY, "reused": made by an earlier run}
runs/NAME/report/        index.html, facts.json
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.models.journal.journal import Journal
from secondhalf.recipe import Recipe, load
from secondhalf.recipe.file import write_yaml
from secondhalf.settings import Settings
from secondhalf.store import Stage, Store
from secondhalf.store.stages import locked, write_atomically


@dataclass
class Run:
    """An open run: its recipe, its store and the stages it has come to."""

    recipe: Recipe
    folder: Path
    store: Store
    journal: Journal

    def make(
        self,
        label: str,
        version: int,
        settings: Settings | Mapping[str, Any],
        inputs: Mapping[str, str],
        work: Callable[[Stage], Mapping[str, Any]],
    ) -> Stage:
        """The stage `label` (STAGE, STAGE:DATA or STAGE:ARM:SEED), from the store or made now, and a link to it."""
        return self.make_together([label], version, settings, [inputs], lambda stages: [work(stages[0])])[0]

    def make_together(
        self,
        labels: Sequence[str],
        version: int,
        settings: Settings | Mapping[str, Any],
        inputs: Sequence[Mapping[str, str]],
        work: Callable[[dict[int, Stage]], Sequence[Mapping[str, Any]]],
    ) -> list[Stage]:
        """As `make`, for several stages that differ in their inputs; see Store.make_together."""
        made: set[str] = set()

        def making(missing: dict[int, Stage]) -> Sequence[Mapping[str, Any]]:
            made.update(stage.key for stage in missing.values())
            return work(missing)

        stages = self.store.make_together(labels[0].partition(":")[0], version, settings, inputs, making)
        links = read_links(self.folder)
        before = dict(links)
        for label, stage in zip(labels, stages, strict=True):
            place, new = f"{stage.name}/{stage.key}", stage.key in made
            made.discard(stage.key)  # a second label of the same stage was not made for it
            if links.get(label, {}).get("stage") != place or new:
                links[label] = {"stage": place, "reused": not new}
        if links != before:
            write_atomically(self.folder / "stages.json", json.dumps(links, indent=2) + "\n")
        return stages

    def stage(self, label: str) -> Stage:
        """The stage that `label` was made or found as."""
        return Stage(self.store.root / read_links(self.folder)[label]["stage"])


def read_links(folder: Path) -> dict[str, dict[str, Any]]:
    """The run's stages by label."""
    path = folder / "stages.json"
    links: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    return links


@contextmanager
def opened(recipe: Recipe, runs: Path, store: Path) -> Iterator[Run]:
    """Opens or makes the run's folder. Raises UserError when it belongs to another recipe or another process."""
    folder = runs / recipe.name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(f"{folder} cannot be made ({error.strerror}): choose another --runs folder.") from error
    with locked(folder / ".lock", f"Another process works on {folder}: wait for it, or give this run another name."):
        resolved = write_yaml(
            recipe, f"# The resolved recipe of the run {recipe.name}: every default is written out.\n"
        )
        path = folder / "recipe.yaml"
        if path.is_file():
            _same(recipe, load(path), folder)
        write_atomically(path, resolved)
        journal = Journal(store / "journal.sqlite")
        try:
            yield Run(recipe, folder, Store(store), journal)
        finally:
            journal.close()


def _same(recipe: Recipe, before: Recipe, folder: Path) -> None:
    now, then = _deciding(recipe.model_dump()), _deciding(before.model_dump())
    changed = [name for name in type(recipe).model_fields if now.get(name) != then.get(name)]
    if changed:
        raise UserError(
            f"{folder} belongs to another recipe (it differs in {', '.join(changed)}): give this one a name of its own with "
            f"--set name=..., or remove the folder; stages that both share are not made again."
        )


# The page's own settings, limits and money decide no stage: they may change, so that a run that was stopped can go on.
_FREE = {"report", "notices", "pilot"}
_FREE_OF_TEACH = {"batch", "budget", "prices", "server"}
# More benchmarks, and who judges them, change no answer that is there; the primary figure stays as it was named.
FREE_OF_EVALUATE = {"benchmarks", "engine", "judging", "leaderboard", "safety"}


def _deciding(recipe: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in recipe.items() if name not in _FREE}
    kept["corpus"] = {name: value for name, value in kept["corpus"].items() if name != "workers"}
    kept["evaluate"] = {name: value for name, value in kept["evaluate"].items() if name not in FREE_OF_EVALUATE}
    for settings in (kept, *kept["data"].values()):
        settings["teach"] = {name: value for name, value in settings["teach"].items() if name not in _FREE_OF_TEACH}
    return kept


def find(place: str, runs: Path) -> Path:
    """The folder of a run given by name or path. Raises UserError when there is none."""
    for folder in (runs / place, Path(place)):
        if (folder / "recipe.yaml").is_file():
            return folder
    there = sorted(path.parent.name for path in runs.glob("*/recipe.yaml"))
    raise UserError(f"There is no run {place}; there are {', '.join(there) or 'none yet'}.")
