"""Draws a sample from shards that are made while they are read: python generated.py GIGABYTES SAMPLE OUT.

The last line of output is one JSON object: documents read, gigabytes, peak megabytes of memory a quarter of the way, after
the last shard and after the tables are written, seconds. No row is like another.
"""

import json
import random
import resource
import sys
from pathlib import Path
from time import perf_counter

import fsspec
from fsspec.spec import AbstractFileSystem

from secondhalf.corpus import pool
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.stage import sample_documents
from secondhalf.store import Stage

SHARD = 100_000_000
_random = random.Random(1)
_WORDS = ["".join(_random.choices("aeioustrnlm", k=_random.randint(2, 9))) for _ in range(5000)]
_TEXT = " ".join(_random.choices(_WORDS, [1 / rank for rank in range(1, 5001)], k=700)).encode()


class GeneratedFile:
    """A file of JSON Lines that exists only as far as it is read."""

    def __init__(self, shard: int) -> None:
        self._shard, self._row, self._position, self._unread = shard, 0, 0, b""

    def read(self, size: int) -> bytes:
        while len(self._unread) < size and self._position + len(self._unread) < SHARD:
            rows = []
            for row in range(self._row, self._row + 64):
                cut = row * 97 % len(_TEXT)
                rows.append(b'{"text": "%d.%d %s %s"}\n' % (self._shard, row, _TEXT[cut:], _TEXT[:cut]))
            self._row += 64
            self._unread += b"".join(rows)
        part, self._unread = self._unread[:size], self._unread[size:]
        self._position += len(part)
        return part

    def tell(self) -> int:
        return self._position

    def close(self) -> None:
        self._unread = b""


class Generated(AbstractFileSystem):
    """generated://COUNT is a folder of so many shards."""

    protocol = "generated"

    def isfile(self, path: str) -> bool:
        return path.endswith(".jsonl")

    def find(self, path: str, **_: object) -> dict[str, dict]:
        return {f"{path}/{n:05d}.jsonl": {"size": SHARD, "type": "file"} for n in range(int(path))}

    def open(self, path: str, *_: object, **__: object) -> GeneratedFile:
        return GeneratedFile(int(path.rsplit("/", 1)[-1].removesuffix(".jsonl")))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def main(gigabytes: float, sample: int, out: str) -> None:
    """Draws and tells."""
    fsspec.register_implementation("generated", Generated, clobber=True)
    count = int(gigabytes * 10)
    settings = CorpusSettings(reader="jsonl", path=f"generated://{count}", sample=sample, workers=1)
    peaks: list[float] = []
    scan_shard = pool.scan_shard
    pool.scan_shard = lambda *args: (scan_shard(*args), peaks.append(_peak()))  # type: ignore[assignment]
    start = perf_counter()
    counts = sample_documents(settings, 1, Stage(Path(out)))
    seconds = perf_counter() - start
    figures = {"documents": counts["rows_in"], "gigabytes": count * SHARD / 1e9, "sampled": counts["rows"]}
    print(
        json.dumps(
            figures
            | {
                "early_mb": round(peaks[len(peaks) // 4]),
                "scanned_mb": round(peaks[-1]),
                "mb": round(_peak()),
                "seconds": round(seconds),
            }
        )
    )


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
