"""datasketch finding near-duplicates: run by the interpreter of its own environment, as `python datasketch_dedup.py FILE HASH`.

Its own best way: one MinHash object copied per document, update_batch, the same bands as ours, a query before each
insert, and a candidate counts when the two MinHashes agree in 0.8 of their values. HASH is `sha1`, its default, or `crc32`,
the fastest hash of 32 bits in Python's library. The last line is JSON: seconds, dropped, version.
"""

import json
import re
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

from datasketch import MinHash, MinHashLSH

_PUNCTUATION = re.compile(r"[^\w\s]|_")
BANDS, ROWS, THRESHOLD, WORDS = 18, 7, 0.8, 5


def shingles(text: str) -> list[bytes]:
    """Runs of five words, lower-cased and without punctuation."""
    words = _PUNCTUATION.sub(" ", unicodedata.normalize("NFKC", text).lower()).split()
    return list({" ".join(words[start : start + WORDS]).encode() for start in range(len(words) - WORDS + 1)})


def dropped(rows: list[dict[str, str]], hashing: dict[str, Callable[[bytes], int]]) -> list[str]:
    """Ids of the documents that an earlier one nearly repeats."""
    index = MinHashLSH(params=(BANDS, ROWS), num_perm=128)
    indexed: dict[str, MinHash] = {}
    duplicates = []
    sketches = MinHash.generator((shingles(row["text"]) for row in rows), num_perm=128, **hashing)
    for row, sketch in zip(rows, sketches, strict=True):
        if any(sketch.jaccard(indexed[other]) >= THRESHOLD for other in index.query(sketch)):
            duplicates.append(row["id"])
        index.insert(row["id"], sketch, check_duplication=False)
        indexed[row["id"]] = sketch
    return duplicates


def main(path: str, name: str) -> None:
    """Times one pass over the documents of a JSONL file, after a short one to load everything."""
    rows = [json.loads(line) for line in Path(path).read_text("utf-8").splitlines()]
    hashing: dict[str, Callable[[bytes], int]] = {"hashfunc": zlib.crc32} if name == "crc32" else {}
    dropped(rows[:500], hashing)
    start = time.process_time()
    duplicates = dropped(rows, hashing)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "dropped": duplicates, "version": version("datasketch")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
