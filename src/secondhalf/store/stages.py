"""A store of stages, by the hash of what determines them; resume, locks, manifests.

    store/STAGE/KEY/   part-*.parquet, rejects-*.parquet, verdicts-*.parquet, manifest.json
    store/store.json   marks the folder as a store, see format.py
    store/used-by/     which runs use which stages, see users.py
    store/trash/       what was pruned, see prune.py
    store/damaged/     stages whose checksums were others, see damaged.py

`manifest.json` is written last and atomically, when all else is on the disk: it exists when, and only when, the stage is whole.
It holds the checksums of the stage's files, which are checked when they are read (checksums.py). One folder is stage.py's.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from secondhalf.store import checksums, files
from secondhalf.store.damaged import set_aside_damaged_stage
from secondhalf.store.environment import current_environment
from secondhalf.store.faults import place_fault
from secondhalf.store.format import mark, read_format
from secondhalf.store.lock import locked
from secondhalf.store.stage import Stage, is_stage_folder, lock_content, stage_key


def _nothing(stages: Sequence["Stage"]) -> None:
    """Nobody is to be told."""


class StageHome(Protocol):
    """Elsewhere, where stages come from that are not here, and go when they are whole."""

    def bring(self, stage: Stage) -> bool:
        """Whether the stage was there, and is here now."""

    def send(self, stage: Stage) -> None:
        """Sends a stage that was made here."""

    def bring_run(self, store: "Store", runs: Path, name: str) -> None:
        """Brings a run that is not here, with its stages, where it is there."""

    def send_run(self, store: "Store", run: Path) -> None:
        """Sends a run, and whatever stage of it could not be sent when it was made."""


class Store:
    """The folder that all runs share. `wait`: a stage that another process is making is waited for, and no error.

    `home`: where its stages are at home, if that is elsewhere (`remote/home.py`).
    """

    def __init__(self, root: Path, *, wait: bool = False, home: "StageHome | None" = None) -> None:
        self.root, self.home, self._wait = root, home, wait

    @property
    def of_format_1(self) -> bool:
        """True when secondhalf 0.1 made its stages, and nothing later wrote to it. Raises UserError for a later format."""
        return read_format(self.root) is None and bool(self.stages())

    def mark(self) -> None:
        """Marks the folder as a store, see `format.mark`."""
        mark(self.root)

    def stage(self, name: str, key: str) -> Stage:
        """A stage's folder, whether it exists or not."""
        return Stage(self.root / name / key)

    def make(
        self,
        name: str,
        version: tuple[int, ...],
        settings: Mapping[str, object],
        inputs: Mapping[str, str],
        work: Callable[[Stage], Mapping[str, object]],
    ) -> Stage:
        """The whole stage of these settings and inputs: as it stands in the store, or made by `work` now.

        `work` gets the folder, may find parts of an earlier attempt in it, and returns what the manifest shall tell.
        """
        return self.make_together(name, version, settings, [inputs], lambda stages: [work(stages[0])])[0]

    def make_together(
        self,
        name: str,
        version: tuple[int, ...],
        settings: Mapping[str, object],
        inputs: Sequence[Mapping[str, str]],
        work: Callable[[dict[int, Stage]], Sequence[Mapping[str, object]]],
        begun: Callable[[Sequence[Stage]], None] = _nothing,
        made: Callable[[Sequence[Stage]], None] = _nothing,
    ) -> list[Stage]:
        """As `make`, for several stages that differ in their inputs.

        `work` gets those that are missing, all at once, each with its place in `inputs` (the first of equal ones). `begun`
        gets all of them before any is looked for, and `made` when all are whole and their locks still held: what names
        them there as used keeps them from being pruned.
        """
        stages = [self.stage(name, stage_key(version, settings, each)) for each in inputs]
        self.mark()
        with self.not_pruned():
            begun(stages)
            index_by_key: dict[str, int] = {}
            for index, stage in enumerate(stages):
                if not stage.whole or checksums.find_damage(stage.path):
                    index_by_key.setdefault(stage.key, index)
            for index in index_by_key.values():
                try:
                    files.make_folder(stages[index].path)
                except OSError as error:
                    raise place_fault(stages[index].path, error) from error
        with ExitStack() as locks:
            # In one order everywhere, so that two processes that wait never wait for each other.
            for stage in (stages[index_by_key[key]] for key in sorted(index_by_key)):
                busy = f"Another process is making {name}/{stage.key}: wait for it, then run this again."
                locks.enter_context(locked(stage.path / ".lock", busy, wait=self._wait, content=lock_content(stage)))
            for index in index_by_key.values():
                set_aside_damaged_stage(stages[index].path)
            # Others may have been made by another process meanwhile, or elsewhere.
            missing = {index: stages[index] for index in index_by_key.values() if not self._is_there(stages[index])}
            if missing:
                start = time.monotonic()
                manifests = work(missing)
                seconds = round((time.monotonic() - start) / len(missing), 2)
                for (index, stage), counts in zip(missing.items(), manifests, strict=True):
                    stage.finish(
                        {
                            "stage": name,
                            "key": stage.key,
                            "version": version,
                            "settings": dict(settings),
                            "inputs": dict(inputs[index]),
                        }
                        | dict(counts)
                        | {"seconds": seconds, **current_environment()}
                    )
                    if self.home:
                        self.home.send(stage)
            made(stages)
        return stages

    def _is_there(self, stage: Stage) -> bool:
        return stage.whole or (self.home is not None and self.home.bring(stage))

    @contextmanager
    def not_pruned(self) -> Iterator[None]:
        """No stage leaves the store meanwhile: `prune` waits."""
        with locked(self.root / ".lock", "", wait=True, shared=True):
            yield

    def stages(self) -> list[Stage]:
        """Every stage folder there is: those of this store's own making, never a link, never anything else."""
        return [Stage(path) for path in sorted(self.root.glob("*/*")) if is_stage_folder(path)]
