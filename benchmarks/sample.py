"""Drawing a sample: memory and time as the corpus grows, and what drawing costs beside reading.

    python benchmarks/sample.py            1, 10 and 100 shards, four formats; writes benchmarks/results/sample.json
    python benchmarks/sample.py --quick    under 45 s

Shards hold documents of about 600 words, drawn by Zipf's law from 50,000 made-up ones. `growth_mb` is the peak memory of
the largest corpus less that of the smallest at one sample size, each in a process of its own. `ratio` is the time of the
same reader decoding alone over ours, on one core in one process, in turns, by processor time; it is that of the worst format.
"""

import argparse
import gc
import json
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from harness import finish
from in_turns import ratio_of
from secondhalf.corpus.readers import READERS
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import choose_shards
from secondhalf.corpus.stage import sample_documents
from secondhalf.store import Stage

WORDS, VOCABULARY = 600, 50_000
SYLLABLES = ["ka", "to", "mi", "re", "so", "lu", "ni", "ve", "da", "po", "shi", "ran", "tel", "mor", "est", "ing", "ur"]
FORMS = ("jsonl.zst", "jsonl", "jsonl.gz", "parquet")
ROOT = Path(__file__).parent


@cache
def _vocabulary() -> tuple[np.ndarray, np.ndarray]:
    """Made-up words of one to four syllables, and the sums of their shares by Zipf's law, exponent 1.1."""
    random = np.random.default_rng(0)
    syllables = random.integers(0, len(SYLLABLES), (VOCABULARY, 4))
    words = ["".join(SYLLABLES[s] for s in row[: 1 + index % 4]) for index, row in enumerate(syllables)]
    weights = 1 / np.arange(1, VOCABULARY + 1) ** 1.1
    return np.array(words, object), np.cumsum(weights / weights.sum())


def texts(seed: int, count: int) -> Iterator[str]:
    """Documents of 300 to 900 words in sentences and paragraphs; no two alike."""
    random = np.random.default_rng(seed)
    words, sums = _vocabulary()
    for size in random.integers(WORDS // 2, WORDS * 3 // 2, count):
        yield _prose(list(words[np.searchsorted(sums, random.random(size))]))


def _prose(words: list[str]) -> str:
    sentences = [" ".join(words[start : start + 17]).capitalize() + "." for start in range(0, len(words), 17)]
    return "\n\n".join(" ".join(sentences[start : start + 6]) for start in range(0, len(sentences), 6))


def shard(folder: Path, index: int, count: int) -> None:
    """The same documents as one shard in each format, in a folder of that name."""
    rows = [{"text": text, "url": f"https://example.org/{index}/{n}"} for n, text in enumerate(texts(index, count))]
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    for form in FORMS:
        path = folder / form / f"{index:05d}.{form}"
        path.parent.mkdir(exist_ok=True)
        if form == "parquet":
            pq.write_table(pa.Table.from_pylist(rows), path, compression="zstd")
        elif form == "jsonl":
            path.write_bytes(data)
        else:
            with pa.CompressedOutputStream(str(path), "gzip" if form.endswith("gz") else "zstd") as file:
                file.write(data)


def settings(folder: Path, sample: int) -> CorpusSettings:
    """The benchmark's corpus, in one process."""
    reader: Any = "parquet" if folder.name == "parquet" else "jsonl"
    return CorpusSettings(reader=reader, path=str(folder), sample=sample, workers=1)


def ours(folder: Path, sample: int) -> int:
    """Draws the sample, tables and all; the number of documents read."""
    with tempfile.TemporaryDirectory() as out:
        return int(sample_documents(settings(folder, sample), 1, Stage(Path(out)))["rows_in"])


def decoding(folder: Path, sample: int) -> int:
    """The same reader alone: every text as a string, none kept."""
    corpus = settings(folder, sample)
    read = READERS[corpus.reader]
    return sum(1 for path in choose_shards(corpus)[0] for _ in read(path, corpus))


def ratio(folder: Path, sample: int, repeats: int) -> dict[str, float]:
    """Decoding alone against drawing, in turns, each round with its ratio."""
    times: dict[Callable[[Path, int], int], list[float]] = {decoding: [], ours: []}
    documents = 0
    for run in range(repeats + 1):
        for work, took in times.items():
            gc.collect()
            start = process_time()
            documents = work(folder, sample)
            if run:  # the first warms the disk's cache
                took.append(process_time() - start)
    return {"documents_per_second": round(documents / statistics.median(times[ours]))} | ratio_of(
        times[decoding], times[ours]
    )


def grown(folder: Path, sample: int) -> dict[str, float]:
    """Peak memory and time of a process that draws from a folder."""
    done = subprocess.run(
        [sys.executable, __file__, "--draw", str(folder), str(sample)], capture_output=True, text=True, check=True
    )
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    """Runs the benchmark; the last line of output is its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--draw", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.draw:
        start = perf_counter()
        documents = ours(Path(options.draw[0]), int(options.draw[1]))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(json.dumps({"documents": documents, "mb": round(peak, 1), "seconds": round(perf_counter() - start, 2)}))
        return
    count, sample, repeats = (250, 100, 3) if options.quick else (2000, 1000, 5)
    speeds, steps, created = {}, {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for shards in (1, 10, 100):
            for index in range(created, shards):
                shard(Path(folder), index, count)
            created = shards
            steps[shards] = grown(Path(folder) / FORMS[0], sample)
            print(f"{shards} shards", steps[shards], flush=True)
        for form in FORMS:
            speeds[form] = ratio(Path(folder) / form, sample, repeats)
            print(form, speeds[form], flush=True)
    worst = min(speeds.values(), key=lambda speed: speed["ratio"])
    figures = {
        "growth_mb": round(steps[100]["mb"] - steps[1]["mb"], 1),
        **{name: value for name, value in worst.items() if name.startswith("ratio")},
        "sample": sample,
        "formats": speeds,
        "growth": steps,
    }
    finish("sample", figures, {"pyarrow": version("pyarrow")}, quick=options.quick)


if __name__ == "__main__":
    main()
