"""Draws a sample from shards that are made while they are read: python generated.py GIGABYTES SAMPLE OUT.

The last line of output is one JSON object: documents read, gigabytes, peak megabytes of memory a quarter of the way, after
the last shard and after the tables are written, seconds. No row is like another.
"""

import json
import random
import resource
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from time import perf_counter

from generated_shards import SHARD, register_generated

from secondhalf.corpus import pool
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.stage import sample_documents
from secondhalf.store import Stage

_random = random.Random(1)
_WORDS = ["".join(_random.choices("aeioustrnlm", k=_random.randint(2, 9))) for _ in range(5000)]
_TEXT = " ".join(_random.choices(_WORDS, [1 / rank for rank in range(1, 5001)], k=700)).encode()


def _rows(shard: int) -> Iterator[bytes]:
    for first in count(0, 64):
        lines = []
        for row in range(first, first + 64):
            cut = row * 97 % len(_TEXT)
            lines.append(b'{"text": "%d.%d %s %s"}\n' % (shard, row, _TEXT[cut:], _TEXT[:cut]))
        yield b"".join(lines)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1024)


def main(gigabytes: float, sample: int, out: str) -> None:
    """Draws and tells."""
    register_generated(_rows)
    shards = int(gigabytes * 10)
    settings = CorpusSettings(reader="jsonl", path=f"generated://{shards}", sample=sample, workers=1)
    peaks: list[float] = []
    scan_shard = pool.scan_shard
    pool.scan_shard = lambda *args: (scan_shard(*args), peaks.append(_peak()))  # type: ignore[assignment]
    start = perf_counter()
    counts = sample_documents(settings, 1, Stage(Path(out)))
    seconds = perf_counter() - start
    figures = {"documents": counts["rows_in"], "gigabytes": shards * SHARD / 1e9, "sampled": counts["rows"]}
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
