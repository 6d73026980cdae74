"""Drawing a sample: memory and time as the corpus grows, and what drawing costs beside reading.

    python benchmarks/sample.py            1, 10 and 100 shards, each format; writes benchmarks/results/sample.json
    python benchmarks/sample.py --quick    under 45 s

Shards hold documents of about 600 words, drawn by Zipf's law from 50,000 made-up ones. `growth_mb` is the peak memory of
the largest corpus less that of the smallest at one sample size, each in a process of its own. `ratio` is the time of the
same reader decoding alone over ours, on one core in one process, alternating, medians; it is that of the worst format.
"""

import argparse
import gc
import gzip
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from secondhalf.corpus.readers import READERS
from secondhalf.corpus.settings import CorpusSettings
from secondhalf.corpus.shards import chosen
from secondhalf.corpus.stage import draw
from secondhalf.store import Stage

WORDS, VOCABULARY, SAMPLE = 600, 50_000, 1000
ROOT = Path(__file__).parent


def texts(seed: int, count: int) -> list[str]:
    """Documents of words by Zipf's law (exponent 1.1), in sentences and paragraphs, none twice."""
    random = np.random.default_rng(seed)
    syllables = np.array("ka to mi re so lu ni ve da po shi ran tel mor est ing ur an el is".split())
    names = np.random.default_rng(0)
    words = ["".join(names.choice(syllables, 1 + index % 4)) for index in range(VOCABULARY)]
    weights = 1 / np.arange(1, VOCABULARY + 1) ** 1.1
    drawn = random.choice(VOCABULARY, (count, WORDS), p=weights / weights.sum())
    sizes = random.integers(WORDS // 2, WORDS * 3 // 2, count)
    return [_prose([words[w] for w in np.resize(row, size)]) for row, size in zip(drawn, sizes, strict=True)]


def _prose(words: list[str]) -> str:
    sentences = [" ".join(words[start : start + 17]).capitalize() + "." for start in range(0, len(words), 17)]
    return "\n\n".join(" ".join(sentences[start : start + 6]) for start in range(0, len(sentences), 6))


def shard(folder: Path, form: str, index: int, count: int) -> None:
    """One shard in a format."""
    rows = [{"text": text, "url": f"https://example.org/{index}/{n}"} for n, text in enumerate(texts(index, count))]
    path = folder / f"{index:05d}.{form}"
    if form == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, compression="zstd")
        return
    data = "".join(json.dumps(row) + "\n" for row in rows).encode()
    if form == "jsonl":
        path.write_bytes(data)
    elif form == "jsonl.gz":
        path.write_bytes(gzip.compress(data, 6))
    else:
        with pa.CompressedOutputStream(str(path), "zstd") as file:
            file.write(data)


def settings(folder: Path) -> CorpusSettings:
    """The benchmark's corpus: one sample size, one process."""
    form = next(folder.iterdir()).name.split(".")[1]
    return CorpusSettings(
        reader="parquet" if form == "parquet" else "jsonl", path=str(folder), sample=SAMPLE, workers=1
    )


def ours(folder: Path) -> int:
    """Draws the sample, tables and all; the number of documents read."""
    with tempfile.TemporaryDirectory() as out:
        return int(draw(settings(folder), 1, Stage(Path(out)))["rows_in"])


def decoding(folder: Path) -> int:
    """The same reader alone: every text as a string, none kept."""
    told = settings(folder)
    read = READERS[told.reader]
    return sum(1 for one in chosen(told)[0] for _ in read(one, told))


def ratio(folder: Path, repeats: int) -> dict[str, float]:
    """Decoding alone against drawing, one after the other; medians."""
    times: dict[Callable[[Path], int], list[float]] = {decoding: [], ours: []}
    documents = 0
    for run in range(repeats + 1):
        for work, took in times.items():
            gc.collect()
            start = perf_counter()
            documents = work(folder)
            if run:  # the first warms the disk's cache
                took.append(perf_counter() - start)
    alone, drawn = (statistics.median(took) for took in times.values())
    return {"documents_per_second": round(documents / drawn), "ratio": round(alone / drawn, 3)}


def grown(folder: Path) -> dict[str, float]:
    """Peak memory and time of a process that draws from a folder."""
    done = subprocess.run([sys.executable, __file__, "--draw", str(folder)], capture_output=True, text=True, check=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    """Runs the benchmark; the last line of output is its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--draw", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.draw:
        start = perf_counter()
        documents = ours(options.draw)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        print(json.dumps({"documents": documents, "mb": round(peak, 1), "seconds": round(perf_counter() - start, 2)}))
        return
    each, repeats = (500, 3) if options.quick else (3000, 7)
    with tempfile.TemporaryDirectory() as place:
        speeds = {}
        for form in ("jsonl", "jsonl.gz", "jsonl.zst", "parquet"):
            folder = Path(place) / form
            folder.mkdir()
            for index in range(4):
                shard(folder, form, index, each)
            speeds[form] = ratio(folder, repeats)
            print(form, speeds[form], flush=True)
        steps, folder = {}, Path(place) / "growing"
        folder.mkdir()
        index = 0
        for times in (1, 10, 100):
            for index in range(index, times):
                shard(folder, "jsonl.zst", index, each)
            index = times
            steps[times] = grown(folder)
            print(f"{times} shards", steps[times], flush=True)
    told = {
        "growth_mb": round(steps[100]["mb"] - steps[1]["mb"], 1),
        "ratio": min(speed["ratio"] for speed in speeds.values()),
        "sample": SAMPLE,
        "formats": speeds,
        "growth": steps,
    }
    if not options.quick:
        about = {
            "command": "python benchmarks/sample.py",
            "versions": {name: version(name) for name in ("secondhalf", "pyarrow")}
            | {"python": platform.python_version()},
            "machine": f"{platform.system()} {platform.machine()}, one core",
        }
        (ROOT / "results").mkdir(exist_ok=True)
        (ROOT / "results" / "sample.json").write_text(json.dumps(told | about, indent=2) + "\n", "utf-8")
    print(json.dumps(told))


if __name__ == "__main__":
    main()
