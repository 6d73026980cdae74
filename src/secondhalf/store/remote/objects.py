"""A folder of objects behind an fsspec URL, with what object stores promise and no more: an object is written whole or not
at all, and one that must be the first of its name is written on that condition. Nothing is renamed, and no listing is trusted
to be new.
"""

import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.store.faults import FULL, place_fault
from secondhalf.store.files import open_file
from secondhalf.store.remote.faults import check_place, object_fault
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
        check_place(url)
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
            raise object_fault(self.url, "opened", error) from error
        self._files: Any = files
        self._root: str = path.rstrip("/")
        protocol = files.protocol
        self._is_local = bool({"file", "local"} & set([protocol] if isinstance(protocol, str) else protocol))

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

        def ask(path: str) -> int:
            self._files.invalidate_cache()
            return int(self._files.info(path).get("size") or 0)

        try:
            return self._tried(name, "read", ask)
        except FileNotFoundError:
            return None

    def write(self, name: str, data: bytes) -> None:
        """Writes a small object, in the place of one that may be there."""

        self._written(name, lambda path: self._whole(path, lambda place: self._files.pipe_file(place, data)))

    def write_first(self, name: str, data: bytes) -> bytes:
        """Writes a small object unless there is one of that name. Returns what stands there then: the first writer's."""

        def create(path: str) -> None:
            self._make_above(path)
            self._files.pipe_file(path, data, mode="create")

        try:
            self._written(name, create, conditional=True)
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
        try:
            with file.open("rb") as opened:  # what is wrong here is told before anything there is blamed
                size = os.fstat(opened.fileno()).st_size
        except OSError as error:
            raise place_fault(file, error) from error
        if self.size(name) == size:
            return

        def put(path: str) -> None:
            self._whole(path, lambda place: self._files.put_file(str(file), place))
            if self.size(name) != size:
                raise OSError("it is shorter there than here")

        self._written(name, put)

    def fetch(self, name: str, file: Path) -> None:
        """Brings an object into a file. Raises UserError where there is none, and where the file cannot be written."""

        def get(path: str) -> None:
            try:
                self._files.get_file(path, str(file))
            except OSError as error:
                if error.errno in FULL:
                    raise place_fault(file, error) from error
                raise

        try:
            os.close(open_file(file))
        except OSError as error:
            raise place_fault(file, error) from error
        try:
            self._tried(name, "read", get)
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
        if self._is_local:  # object stores have no folders
            self._files.makedirs(path.rsplit("/", 1)[0], exist_ok=True)

    def _whole(self, path: str, put: Callable[[str], object]) -> None:
        """Puts an object there whole or not at all, which folders do not promise: others may read, or write it too."""
        if not self._is_local:
            put(path)
            return
        self._make_above(path)
        temporary = f"{path}.{secrets.token_hex(4)}.tmp"
        try:
            put(temporary)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _written(self, name: str, call: Callable[[str], Result], *, conditional: bool = False) -> Result:
        """As `_tried`, of what writes: there a bucket is missing that is not found."""
        try:
            return self._tried(name, "written", call, conditional=conditional)
        except FileNotFoundError as error:
            raise object_fault(f"{self.url}/{name}", "written", error) from error

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
                raise object_fault(f"{self.url}/{name}", f"{done} by its driver", error) from error
            except _REFUSED:
                raise
            except UserError:
                raise
            except Exception as error:
                if attempt == _ATTEMPTS:
                    raise object_fault(f"{self.url}/{name}", done, error) from error
                time.sleep(pause)
                pause *= 2
        raise AssertionError("unreachable")
