"""Office and EPUB files are ZIP archives. Their parts are read as streams within limits; names inside are looked up and never
become paths."""

import io
import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any

from secondhalf.corpus.readers.documents.limits import FileLimits
from secondhalf.corpus.readers.items import BrokenFileError, Shard
from secondhalf.corpus.readers.stream import read_whole
from secondhalf.corpus.settings import CorpusSettings

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How files of Office before 2007 begin, and those of today that have a password."""
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_MOST_DIRECTORY = 10_000_000  # bytes of the list of parts: some hundred thousand of them; each costs memory
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # what the standards of these files allow
_BLOCK = 1 << 16
_ENCRYPTED = 1  # the flag of a part


class _ShortReads:
    """An open file of which nobody reads much in one go. `zipfile` reads the list of parts so, by the size that the file says: of
    the several places where that can stand this is behind all."""

    def __init__(self, raw: Any) -> None:
        self._raw, self.seek, self.tell, self.seekable = raw, raw.seek, raw.tell, raw.seekable

    def read(self, size: int = -1, /) -> bytes:
        # The end of the file, 64 KB at most, is read without a size.
        data: bytes = b"" if size > _MOST_DIRECTORY else self._raw.read(size if size >= 0 else _MOST_DIRECTORY + 1)
        if max(size, len(data)) > _MOST_DIRECTORY:
            raise BrokenFileError("broken file: more parts than any document has")
        return data


def open_zip(raw: Any) -> zipfile.ZipFile:
    """The archive in an open file. Raises BrokenFileError for one that is damaged, or whose list of parts would fill memory."""
    try:
        return zipfile.ZipFile(_ShortReads(raw))
    except BrokenFileError:
        raise
    except Exception as error:  # several kinds, by what is damaged
        raise BrokenFileError(f"broken file: no archive ({error})") from error


class Archive:
    """One archive, whole in memory as it is packed."""

    def __init__(self, shard: Shard, settings: CorpusSettings) -> None:
        """Raises BrokenFileError for what is no archive, is too long, or has a password."""
        self.limits = FileLimits(settings)
        data = read_whole(shard, settings.max_file_bytes)
        if len(data) > settings.max_file_bytes:
            raise BrokenFileError(f"too long: over {settings.max_file_bytes} bytes (corpus.max_file_bytes)")
        if data.startswith(OLE):
            if _ENCRYPTED_PACKAGE in data:
                raise BrokenFileError("encrypted: it needs a password; save it without one")
            raise BrokenFileError("old form: a file of Office before 2007 under a new name; save it anew")
        self._zip = open_zip(io.BytesIO(data))
        self._parts = {part.filename: part for part in self._zip.infolist()}

    @property
    def names(self) -> list[str]:
        """The names of the parts, in order."""
        return list(self._parts)

    def blocks(self, name: str) -> Iterator[bytes]:
        """A part's contents. Raises BrokenFileError for one that is not there, is damaged, encrypted, or above the limits."""
        part = self._parts.get(name)
        if part is None:
            raise BrokenFileError(f"broken file: its part {name[:80]!r} is not there")
        if part.flag_bits & _ENCRYPTED:
            raise BrokenFileError("encrypted: it needs a password; save it without one")
        if part.compress_type not in _METHODS:
            raise BrokenFileError(f"broken file: packed in a way that documents do not know ({part.compress_type})")
        try:
            with self._zip.open(part) as stream:
                while block := stream.read(_BLOCK):
                    self.limits.add(len(block))
                    yield block
        except BrokenFileError:
            raise
        except Exception as error:
            raise BrokenFileError(
                f"broken file: {' '.join(str(error).split())[:200] or type(error).__name__}"
            ) from error

    def read(self, name: str) -> bytes:
        """A part's whole contents. Raises as `blocks`."""
        return b"".join(self.blocks(name))


def target_of(source: str, target: str) -> str:
    """The name of the part that a reference from another part means; it may go up folders, and never out of the archive."""
    if target.startswith("/"):
        return posixpath.normpath(target).lstrip("/")
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(source), target)).lstrip("/")
