"""Files behind fsspec URLs: s3://, gs://, https://, memory:// and whatever else has an fsspec driver."""

import io
from typing import TYPE_CHECKING

from secondhalf import install
from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.errors import UserError

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_DRIVERS = {
    "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs",
    "http": "aiohttp", "https": "aiohttp", "sftp": "paramiko", "smb": "smbprotocol",
}  # fmt: skip
"""The packages through which fsspec reads addresses of a kind."""


def file_system(url: str) -> "tuple[AbstractFileSystem, str]":
    """The file system of a URL and the path in it. Raises UserError when fsspec or its driver is missing, or fails."""
    try:
        from fsspec.core import url_to_fs

        system, path = url_to_fs(url)
    except ImportError as error:
        driver = _DRIVERS.get(url.partition("://")[0])
        mend = install.packages(driver) if driver else "install the package that it names"
        raise UserError(f"{url} needs a package that is not installed ({error}): {mend}.") from error
    except Exception as error:
        raise unreachable_error(url, error) from error
    return system, path


class RemoteFile(io.RawIOBase):
    """An open remote file. Whatever its driver raises while reading is a UserError: a network is no dirty data."""

    def __init__(self, shard: Shard) -> None:
        self._location = shard.location
        files, path = file_system(shard.path)
        try:
            self._file = files.open(path, "rb")
        except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
            raise BrokenFileError(f"unreadable file: {type(error).__name__}") from error
        except Exception as error:
            raise unreachable_error(self._location, error) from error

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def read(self, size: int | None = -1) -> bytes:
        try:
            data: bytes = self._file.read(size)
        except Exception as error:
            raise unreachable_error(self._location, error) from error
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed:
            self._file.close()
        super().close()


def unreachable_error(path: str, error: BaseException) -> UserError:
    """The error for a network or a store that fails."""
    detail = str(error).splitlines()[0] if str(error) else type(error).__name__
    return UserError(
        f"{path} could not be read ({detail}): check the address, the network and the credentials, then start again."
    )
