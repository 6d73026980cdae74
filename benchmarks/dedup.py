"""Near-duplicates against datasketch: documents/s from text to verdicts, and recall and precision on planted pairs.

    python benchmarks/dedup.py [--quick] [--peer .peers/datasketch/bin/python] [--corpus corpora/brown.jsonl]

Documents of about 600 words are made of the Brown corpus' own sentences, drawn by a seed, so that any number of them
shares hardly a shingle. Of some an edited copy is planted: half have words replaced here and there, half have a passage
replaced. The Jaccard similarity of each pair, from 0.5 to 0.95, is then computed by code that shares nothing with ours. Pairs
from 0.8 must be found, all others must not, those of the band just below included (`band`: how many of 0.75 to 0.8 each side
drops); a tenth of the documents are copies of either kind (Lee et al., arXiv 2107.06499, table 2, find 3 to 14 %
near-duplicates in four corpora). datasketch runs with every hash of HASHES; `ratio` is against the fastest of them. All run as
processes of their own on one core, in turns. Times are processor time, so that a busy machine favours neither.
"""

import argparse
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
import unicodedata
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import finish
from in_turns import fastest, in_turns, ratio_of
from secondhalf.statistics.selection import wilson

HERE = Path(__file__).parent
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
WORDS, THRESHOLD, BAND = 600, 0.8, 0.75
HASHES = ("sha1", "crc32", "xxh32", "mmh3")
"""datasketch's default, and what is faster."""


def jaccard(one: str, other: str) -> float:
    """The exact similarity of the sets of five-word runs."""
    sets = []
    for text in (one, other):
        words = _PUNCTUATION.sub(" ", unicodedata.normalize("NFKC", text).lower()).split()
        sets.append(set(zip(*(words[start:] for start in range(5)), strict=False)))
    return len(sets[0] & sets[1]) / len(sets[0] | sets[1])


def edited(text: str, target: float, vocabulary: list[str], generator: random.Random) -> str:
    """A copy whose similarity to the text is near the target: words replaced here and there, or one passage of them."""
    words = text.split()
    lost = len(words) * (1 - target) / (1 + target)
    if generator.random() < 0.5:
        indices = generator.sample(range(len(words)), max(1, round(lost / 5)))
    else:
        start = generator.randrange(round(len(words) - lost))
        indices = list(range(start, start + max(1, round(lost))))
    for index in indices:
        words[index] = generator.choice(vocabulary)
    return " ".join(words)


def documents(corpus: Path, count: int) -> tuple[list[dict[str, str]], list[tuple[str, str, float]]]:
    """Rows with id and text, ordered by id, and the planted pairs: two ids and their similarity."""
    from secondhalf.rows import digest

    generator = random.Random(f"dedup {count}")
    texts = [json.loads(line)["text"] for line in corpus.read_text("utf-8").splitlines()]
    sentences = [sentence for text in texts for sentence in _SENTENCE.split(text)]
    vocabulary = " ".join(texts[:100]).split()
    rows: dict[str, str] = {}
    pairs = []
    while len(rows) < count:
        words: list[str] = []
        while len(words) < WORDS:
            words += generator.choice(sentences).split()
        text = " ".join(words)
        rows[digest(text)] = text
        chance = generator.random()
        if chance < 0.25:
            target = generator.uniform(0.8, 0.95) if chance < 0.125 else generator.uniform(0.5, 0.8)
            copy = edited(text, target, vocabulary, generator)
            rows[digest(copy)] = copy
            pairs.append((digest(text), digest(copy), jaccard(text, copy)))
    return [{"id": key, "text": rows[key]} for key in sorted(rows)], pairs


def quality(dropped: list[str], pairs: list[tuple[str, str, float]]) -> dict[str, Any]:
    """Recall over the pairs at 0.8 or more, precision of the documents dropped, both with their intervals, and the pairs of the
    band below with how many of them were dropped."""
    true = {max(one, other) for one, other, similarity in pairs if similarity >= THRESHOLD}
    band = {max(one, other) for one, other, similarity in pairs if BAND <= similarity < THRESHOLD}
    right = len(true & set(dropped))
    return {
        **_rate("recall", right, len(true)),
        **_rate("precision", right, len(dropped)),
        "band": {"pairs": len(band), "dropped": len(band & set(dropped))},
    }


def _rate(name: str, count: int, total: int) -> dict[str, float]:
    """A share with its 95 % interval (Wilson)."""
    low, high = wilson(count, total) if total else (0.0, 1.0)
    share = count / total if total else 1.0
    return {name: round(share, 4), f"{name}_low": round(low, 4), f"{name}_high": round(high, 4)}


def ours(path: str) -> None:
    """One timed pass of ours, after a short one to load everything: what the child process does."""
    from secondhalf.clean.duplicates.near import NearDuplicateSettings, check_near_duplicates
    from secondhalf.rows import Document

    with Path(path).open(encoding="utf-8") as file:
        rows = [Document(source="brown", **json.loads(line)) for line in file]
    check_near_duplicates(rows[:500], NearDuplicateSettings())
    before = peak_mb()
    start = time.process_time()
    verdicts = check_near_duplicates(rows, NearDuplicateSettings())
    seconds = time.process_time() - start
    dropped = [verdict.id for verdict in verdicts if not verdict.passed]
    print(json.dumps({"seconds": seconds, "dropped": dropped, "before_mb": before, "peak_mb": peak_mb()}))


def peak_mb() -> float:
    """The most memory this process ever had. getrusage would count what the parent had before this program began."""
    status = Path("/proc/self/status").read_text("utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(command: list[str]) -> dict[str, Any]:
    """What a child process says in its last line."""
    one_thread = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | one_thread)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def compare(rows: list[dict[str, str]], pairs: list[tuple[str, str, float]], peer: str, repeats: int) -> dict[str, Any]:
    """Ours, and theirs with each hash, in turns."""
    last: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = str(write(rows, Path(folder)))

        def speed(name: str) -> float:
            theirs = [peer, str(HERE / "peers" / "datasketch_dedup.py"), path, name]
            last[name] = measure([sys.executable, __file__, "--ours", path] if name == "ours" else theirs)
            return float(len(rows) / last[name]["seconds"])

        runs = in_turns(repeats, **{name: partial(speed, name) for name in ("ours", *HASHES)})
    best = fastest(runs, list(HASHES))
    return {
        **ratio_of(runs["ours"], runs[best]),
        "best_hash": best,
        "documents": len(rows),
        "repeats": repeats,
        "peer": last[best]["version"],
        "documents_per_s": {name: round(statistics.median(values)) for name, values in runs.items()},
        **quality(last["ours"]["dropped"], pairs),
        "theirs": {name: quality(last[name]["dropped"], pairs) for name in HASHES},
        "ratio_sha1": ratio_of(runs["ours"], runs["sha1"])["ratio"],
        "runs": {name: [round(value) for value in values] for name, values in runs.items()},
    }


def sweep(corpus: Path, counts: list[int]) -> list[dict[str, float]]:
    """Ours alone as the sample grows: speed, the peak of memory, and how much of it is not the documents themselves."""
    table = []
    for count in counts:
        rows, _ = documents(corpus, count)
        with tempfile.TemporaryDirectory() as folder:
            run = measure([sys.executable, __file__, "--ours", str(write(rows, Path(folder)))])
        added = run["peak_mb"] - run["before_mb"]
        figures = {"documents": len(rows), "documents_per_s": round(len(rows) / run["seconds"])}
        table.append(figures | {"peak_mb": round(run["peak_mb"]), "added_mb": round(added)})
        print(table[-1], file=sys.stderr)
    return table


def write(rows: list[dict[str, str]], folder: Path) -> Path:
    """The rows as JSONL."""
    path = folder / "documents.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def main() -> None:
    """Prints the figures as one line of JSON; the full run also writes results/dedup.json."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="2,000 documents, two turns, no sweep")
    parser.add_argument("--peer", default=".peers/datasketch/bin/python", help="the interpreter that has datasketch")
    parser.add_argument("--corpus", type=Path, default=Path("corpora/brown.jsonl"), help="made by `make corpora`")
    parser.add_argument("--ours", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        return ours(options.ours)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rows, pairs = documents(options.corpus, 2000 if options.quick else 10_000)
    figures = compare(rows, pairs, options.peer, 2 if options.quick else 5)
    if not options.quick:
        figures["sweep"] = sweep(options.corpus, [1000, 10_000, 30_000, 100_000])
    finish("dedup", figures, {"numpy": version("numpy"), "datasketch": figures["peer"]}, quick=options.quick)
    return None


if __name__ == "__main__":
    main()
