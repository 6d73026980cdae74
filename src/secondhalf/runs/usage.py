"""Which stages of a store the runs use: those of a folder of runs, and those that the store itself knows of."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.runs.links import links_file, read_links
from secondhalf.store import Store
from secondhalf.store.faults import is_allowed
from secondhalf.store.users import StoreUser, read_users


@dataclass
class StoreUsage:
    """`runs`: the names of the runs that use a stage, by its resolved path. `out_of_sight`: runs that cannot be looked at."""

    runs: dict[Path, list[str]] = field(default_factory=dict)
    out_of_sight: list[StoreUser] = field(default_factory=list)
    in_sight: bool = False
    """Whether a run of that folder uses a stage of the store, or every run that the store knows of was removed: else they are
    most likely elsewhere."""


def used_stages(store: Store, runs: Path, *, needed: bool = False) -> StoreUsage:
    """Which runs use which stages. `needed`: what is used must be known for certain.

    Raises UserError then for a folder of runs that is not there, and for a run that may not be read.
    """
    if needed and not runs.is_dir():
        raise UserError(
            f"{runs} is no folder, so it cannot be told which stages are in use: name the folder of the runs with --runs. "
            "Nothing was removed."
        )
    usage = StoreUsage()
    for folder in sorted(path for path in runs.glob("*") if path.is_dir()):
        if not is_allowed(folder, os.R_OK | os.X_OK):
            if needed:
                raise UserError(
                    f"{folder} may not be read by you, so it cannot be told what it uses: ask its owner to prune."
                )
        elif links_file(folder).is_file():
            _add(usage, store, folder.name, (link.stage for link in read_links(folder).values()))
    stages = {stage.path.resolve() for stage in store.stages()}
    users = read_users(store.root)
    usage.in_sight = bool(stages & usage.runs.keys()) or (
        bool(users) and all(user.state == "removed" for user in users)
    )
    for user in users:
        if user.state != "removed":
            _add(usage, store, user.run.name, user.stages)
        if user.state == "present" and links_file(user.run).is_file():
            _add(usage, store, user.run.name, (link.stage for link in read_links(user.run).values()))
        elif user.state == "out of sight":
            usage.out_of_sight.append(user)
    return usage


def _add(usage: StoreUsage, store: Store, run: str, stages: Iterable[str]) -> None:
    for stage in stages:
        usage.runs.setdefault((store.root / stage).resolve(), []).append(run)
