"""Near-duplicates against datasketch: documents/s from text to verdicts, and recall and precision on planted pairs.

    python benchmarks/dedup.py [--quick] [--peer .peers/datasketch/bin/python] [--corpus corpora/brown.jsonl]

Documents of about 600 words are made of the Brown corpus' own sentences, drawn by a seed, so that any number of them
shares hardly a shingle. Of some an edited copy is planted: half have words replaced here and there, half have a passage
replaced. The Jaccard similarity of each pair is then computed by code that shares nothing with ours. Pairs from 0.8
to 0.95 must be found, those from 0.5 to 0.78 must not; a tenth of the documents are copies of either kind (Lee et al.,
arXiv 2107.06499, table 2, find 3 to 14 % near-duplicates in four corpora). Both programs run as processes of their own
on one core, in turns. Times are processor time, so that a busy machine favours neither; the figures are medians.
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
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import finish

HERE = Path(__file__).parent
_PUNCTUATION = re.compile(r"[^\w\s]|_")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
WORDS, THRESHOLD = 600, 0.8


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
            target = generator.uniform(0.8, 0.95) if chance < 0.125 else generator.uniform(0.5, 0.75)
            copy = edited(text, target, vocabulary, generator)
            rows[digest(copy)] = copy
            pairs.append((digest(text), digest(copy), jaccard(text, copy)))
    return [{"id": key, "text": rows[key]} for key in sorted(rows)], pairs


def quality(dropped: list[str], pairs: list[tuple[str, str, float]]) -> tuple[float, float]:
    """Recall over the pairs at 0.8 or more; precision of the documents dropped."""
    true = {max(one, other) for one, other, similarity in pairs if similarity >= THRESHOLD}
    right = len(true & set(dropped))
    return right / len(true), right / len(dropped) if dropped else 1.0


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
    """Ours, theirs with its default hash and theirs with a faster one, in turns."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(write(rows, Path(folder)))
        commands = {
            "ours": [sys.executable, __file__, "--ours", path],
            "datasketch": [peer, str(HERE / "peers" / "datasketch_dedup.py"), path, "sha1"],
            "datasketch_crc32": [peer, str(HERE / "peers" / "datasketch_dedup.py"), path, "crc32"],
        }
        runs = [{name: measure(command) for name, command in commands.items()} for _ in range(repeats)]
    result: dict[str, Any] = {"documents": len(rows), "repeats": repeats, "peer": runs[0]["datasketch"]["version"]}
    for name in commands:
        recall, precision = quality(runs[0][name]["dropped"], pairs)
        speed = len(rows) / statistics.median(run[name]["seconds"] for run in runs)
        figures = {"documents_per_s": round(speed), "recall": round(recall, 4), "precision": round(precision, 4)}
        result |= {key if name == "ours" else f"{name}_{key}": value for key, value in figures.items()}
    for name, key in (("datasketch", "ratio"), ("datasketch_crc32", "ratio_crc32")):
        quotients = [run[name]["seconds"] / run["ours"]["seconds"] for run in runs]
        result |= {
            key: round(statistics.median(quotients), 1),
            f"{key}_all": [round(quotient, 1) for quotient in quotients],
        }
    return result


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
    parser.add_argument("--quick", action="store_true", help="2,000 documents, three turns, no sweep")
    parser.add_argument("--peer", default=".peers/datasketch/bin/python", help="the interpreter that has datasketch")
    parser.add_argument("--corpus", type=Path, default=Path("corpora/brown.jsonl"), help="made by `make corpora`")
    parser.add_argument("--ours", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.ours:
        return ours(options.ours)
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rows, pairs = documents(options.corpus, 2000 if options.quick else 10_000)
    figures = compare(rows, pairs, options.peer, 3 if options.quick else 5)
    if not options.quick:
        figures["sweep"] = sweep(options.corpus, [1000, 10_000, 30_000, 100_000])
    finish("dedup", figures, {"numpy": version("numpy"), "datasketch": figures["peer"]}, quick=options.quick)
    return None


if __name__ == "__main__":
    main()
