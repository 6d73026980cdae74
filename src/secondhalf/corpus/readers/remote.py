"""Files behind fsspec URLs: s3://, gs://, https://, memory:// and whatever else has an fsspec driver."""

import io
from typing import Any

from secondhalf.corpus.readers.items import Broken, Shard
from secondhalf.errors import UserError


def system(url: str) -> tuple[Any, str]:
    """The file system of a URL and the path in it. Raises UserError when fsspec or its driver is missing."""
    try:
        from fsspec.core import url_to_fs

        found: tuple[Any, str] = url_to_fs(url)
        return found
    except ImportError as error:
        raise UserError(
            f"{url} needs a package that is not installed ({error}): `pip install fsspec` and its driver."
        ) from error
    except Exception as error:
        raise unreachable(url, error) from error


class Remote(io.RawIOBase):
    """An open remote file. Whatever its driver raises while reading is a UserError: a network is no dirty data."""

    def __init__(self, shard: Shard) -> None:
        self._place = shard.place
        files, path = system(shard.path)
        try:
            self._file = files.open(path, "rb")
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise Broken(f"unreadable file: {type(error).__name__}") from error
        except Exception as error:
            raise unreachable(self._place, error) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        try:
            data: bytes = self._file.read(size)
        except Exception as error:
            raise unreachable(self._place, error) from error
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def unreachable(path: str, error: BaseException) -> UserError:
    """The error for a network or a store that fails."""
    told = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UserError(
        f"{path} could not be read ({told}): check the address, the network and the credentials, then start again."
    )
