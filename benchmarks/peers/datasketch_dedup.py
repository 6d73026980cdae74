"""datasketch finding near-duplicates: run by the interpreter of its own environment, as `python datasketch_dedup.py FILE HASH`.

Its own best way: one MinHash object copied per document, update_batch, the same bands as ours, a query before each insert, and
a candidate counts when the two MinHashes agree in 0.8 of their values. Shingles are slices of bytes, each as often as it stands:
a MinHash does not count, and a set costs more than it saves. HASH is one of HASHES: `sha1` is its default, the others are calls
of C without a line of Python around them. The last line is JSON: seconds, dropped, version.
"""

import json
import re
import sys
import time
import unicodedata
import zlib
from collections.abc import Callable
from functools import partial
from importlib.metadata import version
from itertools import accumulate
from pathlib import Path

import mmh3
import xxhash
from datasketch import MinHash, MinHashLSH

_PUNCTUATION = re.compile(r"[^\w\s]|_")
BANDS, ROWS, THRESHOLD, WORDS = 18, 7, 0.8, 5


HASHES: dict[str, dict[str, Callable[[bytes], int]]] = {
    "sha1": {},
    "crc32": {"hashfunc": zlib.crc32},
    "xxh32": {"hashfunc": xxhash.xxh32_intdigest},
    "mmh3": {"hashfunc": partial(mmh3.hash, seed=0, signed=False)},
}


def shingles(text: str) -> list[bytes]:
    """Runs of five words, lower-cased and without punctuation."""
    words = [word.encode() for word in _PUNCTUATION.sub(" ", unicodedata.normalize("NFKC", text).lower()).split()]
    joined = b" ".join(words)
    ends = list(accumulate(len(word) + 1 for word in words))  # each with the blank after it
    starts = [0, *ends]
    return [joined[start : end - 1] for start, end in zip(starts, ends[WORDS - 1 :], strict=False)]


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
    hashing = HASHES[name]
    dropped(rows[:500], hashing)
    start = time.process_time()
    duplicates = dropped(rows, hashing)
    seconds = time.process_time() - start
    print(json.dumps({"seconds": seconds, "dropped": duplicates, "version": version("datasketch")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
