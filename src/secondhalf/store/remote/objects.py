"""A folder of objects behind an fsspec URL, with what object stores promise and no more: an object is written whole or not
at all, and one that must be the first of its name is written on that condition. Nothing is renamed, and no listing is trusted
to be new.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.text.secrets import mask_secrets

Result = TypeVar("Result")
_ATTEMPTS = 5
_PAUSE = 0.5  # seconds before the second attempt, doubled before each further one
_MOST_READ = 256 << 20  # bytes of a manifest; one of a million parts has half of that
_REFUSED = (FileNotFoundError, FileExistsError)


class ObjectFolder:
    """The objects below `url`, such as s3://BUCKET/FOLDER; credentials are the driver's own affair.

    A fault is tried again some times (503s, lost connections, slow answers); UserError then, naming the object and the mend.
    """

    def __init__(self, url: str) -> None:
        self.url = mask_secrets(url.rstrip("/"))
        try:
            from fsspec.core import url_to_fs

            files, path = url_to_fs(url.rstrip("/"))
        except ImportError as error:
            raise UserError(
                f"{self.url} needs its fsspec driver ({error}): {install.packages('s3fs')} for s3://, gcsfs for gs://, adlfs "
                "for az://."
            ) from error
        except Exception as error:
            raise _fault(self.url, "opened", error) from error
        self._files: Any = files
        self._root: str = path.rstrip("/")

    def read(self, name: str) -> bytes | None:
        """A small object's content; None where there is none. Raises UserError where it is larger than any of ours."""
        size = self.size(name)
        if size is None:
            return None
        if size > _MOST_READ:
            raise UserError(f"{self.url}/{name} is damaged, or none of ours: it has {size} bytes. Remove it there.")
        try:
            data: bytes = self._tried(name, "read", self._files.cat_file)
        except FileNotFoundError:
            return None
        return data

    def size(self, name: str) -> int | None:
        """An object's size in bytes; None where there is none."""

        def ask(path: str) -> Any:
            self._files.invalidate_cache()
            return self._files.info(path)

        try:
            info = self._tried(name, "read", ask)
        except FileNotFoundError:
            return None
        return int(info.get("size") or 0)

    def write(self, name: str, data: bytes) -> None:
        """Writes a small object, in the place of one that may be there."""

        def put(path: str) -> None:
            self._make_above(path)
            self._files.pipe_file(path, data)

        self._tried(name, "written", put)

    def write_first(self, name: str, data: bytes) -> bytes:
        """Writes a small object unless there is one of that name. Returns what stands there then: the first writer's."""

        def create(path: str) -> None:
            self._make_above(path)
            self._files.pipe_file(path, data, mode="create")

        try:
            self._tried(name, "written", create, conditional=True)
        except (FileExistsError, NotImplementedError):
            pass  # a driver without that condition says so before anything is written
        else:
            return data
        there = self.read(name)
        if there is None:
            self.write(name, data)
        return data if there is None else there

    def send(self, name: str, file: Path) -> None:
        """Sends a file; what stands there already with its size is taken for it, for objects are named by their content.

        What was sent is measured there: a connection that was lost leaves nothing under the name, or nothing counts.
        """
        size = file.stat().st_size
        if self.size(name) == size:
            return

        def put(path: str) -> None:
            self._make_above(path)
            self._files.put_file(str(file), path)
            if self.size(name) != size:
                raise OSError("it is shorter there than here")

        self._tried(name, "written", put)

    def fetch(self, name: str, file: Path) -> None:
        """Brings an object into a file. Raises UserError where there is none."""
        try:
            self._tried(name, "read", lambda path: self._files.get_file(path, str(file)))
        except FileNotFoundError as error:
            raise UserError(
                f"{self.url}/{name} is not there: push again from where it was made; or the listing is late: pull again."
            ) from error

    def names(self, folder: str) -> list[str]:
        """The names below a folder, without it; none where there is no folder. A store that lists late may leave some out."""

        def find(path: str) -> list[str]:
            self._files.invalidate_cache()
            return list(self._files.find(path))

        try:
            paths = self._tried(folder, "listed", find)
        except FileNotFoundError:
            return []
        start = self._path(folder) + "/"
        return sorted(path.removeprefix(start) for path in paths if path.startswith(start))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    def _make_above(self, path: str) -> None:
        if "file" in self._files.protocol or "local" in self._files.protocol:  # object stores have no folders
            self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)

    def _tried(self, name: str, done: str, call: Callable[[str], Result], *, conditional: bool = False) -> Result:
        """The call's result. Raises what says that there is none, or one already; UserError for all else, after some attempts.

        `conditional`: a driver that cannot do it says so to the caller.
        """
        pause = _PAUSE
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return call(self._path(name))
            except PermissionError as error:
                raise UserError(
                    f"{self.url}/{name} may not be {done} with the credentials that its driver finds: set others in the "
                    "environment or in the driver's own file, or have the bucket opened to these."
                ) from error
            except NotImplementedError as error:
                if conditional:
                    raise
                raise _fault(f"{self.url}/{name}", f"{done} by its driver", error) from error
            except _REFUSED:
                raise
            except UserError:
                raise
            except Exception as error:
                if attempt == _ATTEMPTS:
                    raise _fault(f"{self.url}/{name}", done, error) from error
                time.sleep(pause)
                pause *= 2
        raise AssertionError("unreachable")


def _fault(place: str, done: str, error: Exception) -> UserError:
    lines = str(error).splitlines()
    reason = mask_secrets(lines[0] if lines else type(error).__name__)[:200]
    return UserError(
        f"{place} could not be {done} ({reason}): look to the address, the network, the room there and the credentials, and "
        "give the same command again; what was sent is kept."
    )
