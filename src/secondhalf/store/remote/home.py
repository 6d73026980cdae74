"""A store whose home is a URL: `--store s3://BUCKET/FOLDER`. Here stands a copy of what was needed here.

    COPY/remote.json    {"url": the home's}

A stage that is not here is looked for there before it is made, and sent there when it is whole; a run likewise. Nothing is
locked there: two machines that make the same stage at once make the same rows, and the first manifest counts.
"""

import json
import os
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.store.files import write_atomically
from secondhalf.store.remote.faults import check_place
from secondhalf.store.remote.objects import ObjectFolder
from secondhalf.store.remote.runs import bring_run, send_run, send_stages_of
from secondhalf.store.remote.stages import bring_stage, send_stage
from secondhalf.store.stage import Stage
from secondhalf.store.stages import Store
from secondhalf.text.secrets import has_login

REMOTE_FILE = "remote.json"


class UrlHome:
    """The URL that a store's stages and runs are at home at."""

    def __init__(self, url: str) -> None:
        self.url = url

    @cached_property
    def _folder(self) -> ObjectFolder:
        return ObjectFolder(self.url)

    def bring(self, stage: Stage) -> bool:
        """Whether the stage was there, and is here now."""
        return bring_stage(self._folder, stage)

    def send(self, stage: Stage) -> None:
        """Sends a stage that was made here."""
        send_stage(self._folder, stage)

    def bring_run(self, store: Store, runs: Path, name: str) -> None:
        """Brings a run that is not here, with its stages, where it is there."""
        bring_run(store, self._folder, runs, name)

    def send_run(self, store: Store, run: Path) -> None:
        """Sends a run, and whatever stage of it could not be sent when it was made."""
        send_stages_of(self._folder, store, run)
        send_run(self._folder, run)


def home_of(root: Path) -> UrlHome | None:
    """Where the store at `root` is at home; None for one that is at home in its folder."""
    path = root / REMOTE_FILE
    if not path.is_file():
        return None
    try:
        return UrlHome(str(json.loads(path.read_text("utf-8"))["url"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise UserError(f"{path} is damaged: remove it, and name the store by its URL again.") from error


def open_store(root: Path, *, wait: bool = False) -> Store:
    """The store at `root`, and its home where it has one."""
    return Store(root, wait=wait, home=home_of(root))


def store_folder(place: str | Path) -> Path:
    """The folder of a store that is named by its path or its URL: of a URL, its copy here."""
    return _copy_of(place) if isinstance(place, str) and "://" in place else Path(place)


def _copy_of(url: str) -> Path:
    """The folder in the user's cache that is the copy of the store at `url`, made when there is none.

    Raises UserError for an address with a password in it.
    """
    if has_login(url):
        raise UserError(
            "--store: an address must hold no name and no password: give them in the environment, or in its driver's own file."
        )
    check_place(url)
    url = url.rstrip("/")
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    root = cache / "secondhalf" / "stores" / sha256(url.encode()).hexdigest()[:16]
    Store(root).mark()
    if not (root / REMOTE_FILE).is_file():
        write_atomically(root / REMOTE_FILE, json.dumps({"url": url}) + "\n")
    return root
