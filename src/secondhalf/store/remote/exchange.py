"""Finished stages and runs, pushed to a URL and pulled from one. Each command goes on where it stopped.

    URL/files/CHECKSUM           a stage's or a run's file, named by its content: two writers never overwrite each other
    URL/stages/STAGE/KEY.json    a whole stage: its manifest as in the store, written last; the first one counts
    URL/runs/NAME.json           a run: the checksums of the files in its folder, without databases; the last push counts

Nothing is trusted that comes back: every file is checked before it gets its name, and a stage's manifest is written last.
"""

from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.progress import Progress
from secondhalf.store import Store
from secondhalf.store.prune import check_store
from secondhalf.store.remote.objects import ObjectFolder
from secondhalf.store.remote.runs import bring_run, send_run
from secondhalf.store.remote.stages import bring_into, send_stage


def push(store: Store, runs: Path, url: str) -> dict[str, int]:
    """Sends what the URL has not yet: whole stages, then the runs. Returns how many of each there are here.

    Raises UserError for a folder that is no store, for a damaged stage, and where the URL cannot be written.
    """
    check_store(store.root)
    folder = ObjectFolder(url)
    with store.not_pruned():
        stages = [stage for stage in store.stages() if stage.whole and "checksums" in stage.manifest]
        with Progress("push", len(stages), "stages") as progress:
            for stage in stages:
                send_stage(folder, stage)
                progress.advance(1)
    folders = [path.parent for path in sorted(runs.glob("*/recipe.yaml"))]
    for run in folders:
        send_run(folder, run)
    return {"stages": len(stages), "runs": len(folders)}


def pull(store: Store, runs: Path, url: str) -> dict[str, int]:
    """Brings what is not here yet: the stages, then the runs; a run that stands here stays as it is. Returns how many came.

    Raises UserError where something is missing or damaged there; what came before it is kept.
    """
    folder = ObjectFolder(url)
    names = [name for name in folder.names("stages") if name.endswith(".json")]
    listed = [name.removesuffix(".json") for name in folder.names("runs") if name.endswith(".json") and "/" not in name]
    if not names and not listed:
        raise UserError(f"{folder.url} holds no stages and no runs: correct the URL, or push to it first.")
    store.mark()
    came = sum(bring_into(store, folder, name.removesuffix(".json")) for name in names)
    new = sum(bring_run(store, folder, runs, name) for name in listed)
    return {"stages": came, "runs": new}
