"""What one file may cost: bytes when unpacked, and seconds. Whatever it holds, reading it ends."""

from time import monotonic

from secondhalf.corpus.readers.items import BrokenFileError
from secondhalf.corpus.settings import CorpusSettings


class FileLimits:
    """Counts what one file has cost so far, from when it is made."""

    def __init__(self, settings: CorpusSettings) -> None:
        self._bytes, self._seconds = settings.max_file_bytes, settings.max_file_seconds
        self._read, self._start = 0, monotonic()

    def add(self, size: int) -> None:
        """Counts unpacked bytes. Raises BrokenFileError, naming the field, when they or the time are above the limit."""
        self._read += size
        if self._read > self._bytes:
            raise BrokenFileError(f"decompression bomb: over {self._bytes} bytes when unpacked (corpus.max_file_bytes)")
        if monotonic() - self._start > self._seconds:
            raise BrokenFileError(f"too slow: over {self._seconds:g} seconds (corpus.max_file_seconds)")

    @property
    def seconds_left(self) -> float:
        """Seconds until the limit, at least 0."""
        return max(self._seconds - (monotonic() - self._start), 0.0)
