"""Our continuous batching beside transformers' own, `generate_batch`, on one core.

    python benchmarks/generate_batch.py [--quick]

The same model (SmolLM2-135M-Instruct, bf16), the token ids of the same prompts (IFEval's), the same ends, at most 128 tokens an
answer, greedy. A process a run, in turn; each loads the model and answers two prompts before the clock starts. Seconds are the
processor's: what else the machine does counts little.

`generate_batch` gets its best settings of those in TRIED, found on some of the prompts, and a cache that just holds every prompt
with its answer: by default it takes 60 % of the memory, which made eight answers of 32 tokens cost 19 seconds instead of 6.
`torch.compile` (default_compile_level=1) was tried by hand: 1,400 tokens took 104 seconds instead of 19, most of them spent on
compiling anew for new shapes.
"""

import json
import math
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

from evaluate_sides import PROMPTS, STUDENT
from harness import arguments, finish, last_core, side
from in_turns import in_turns, ratio_of, rounded
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder

PAGE = 32  # tokens of the cache that are handed out together
TRIED = [
    {"attention": attention, "max_batch_tokens": tokens, "max_requests_per_batch": requests}
    for attention, tokens, requests in [("sdpa", 512, 64), ("eager", 512, 64), ("sdpa", 128, 64), ("sdpa", 512, 16)]
]


def answer(job: dict[str, Any]) -> dict[str, Any]:
    """One side's answers (token ids) and its seconds, of the processor and by the clock."""
    model = resolve(STUDENT)
    local, template = StudentModel(student_folder(model.path, model.identity)), Template.named("tokenizer")
    texts = [json.loads(line)["prompt"] for line in PROMPTS.read_text("utf-8").splitlines()[: job["prompts"]]]
    prompts = [template.encode_prompt(local.tokenizer, text) for text in texts]
    stops = template.stop_ids(local.tokenizer)

    def generate(prompts: list[list[int]], limit: int) -> list[list[int]]:
        if job["settings"] is not None:
            return theirs(local, prompts, limit, stops, **job["settings"])
        return local.generate_ids(prompts, max_tokens=limit, temperature=0, seed=1, stop_ids=stops)

    generate(prompts[:2], 4)
    clock, start = time.perf_counter(), time.process_time()
    generated = generate(prompts, job["limit"])
    seconds, clock = time.process_time() - start, time.perf_counter() - clock
    return {"seconds": seconds, "clock": clock, "tokens": sum(map(len, generated)), "answers": generated}


def theirs(
    local: StudentModel, prompts: list[list[int]], limit: int, stops: list[int], attention: str, **settings: int
) -> list[list[int]]:
    """Answers by `generate_batch`. Raises RuntimeError for one that it could not write."""
    from transformers import ContinuousBatchingConfig, GenerationConfig

    local.model.set_attn_implementation(attention)
    pages = sum(math.ceil((len(ids) + limit) / PAGE) + 1 for ids in prompts)
    results = local.model.generate_batch(
        prompts,
        generation_config=GenerationConfig(
            max_new_tokens=limit, do_sample=False, eos_token_id=stops, pad_token_id=local.tokenizer.pad_token_id
        ),
        continuous_batching_config=ContinuousBatchingConfig(page_size=PAGE, num_blocks=pages, **settings),
    )
    # Requests are numbered in their order: req_0, req_1 ...
    outputs = sorted(results.values(), key=lambda output: int(output.request_id.rpartition("_")[2]))
    if len(outputs) < len(prompts) or any(output.error for output in outputs):
        raise RuntimeError(f"generate_batch: {[output.error for output in outputs]}, {len(outputs)} answers")
    return [list(output.generated_tokens) for output in outputs]


def run(prompts: int, limit: int, settings: dict[str, Any] | None) -> dict[str, Any]:
    """A side in a process of its own; `settings`: generate_batch's, None for ours."""
    job = json.dumps({"prompts": prompts, "limit": limit, "settings": settings})
    result = side([sys.executable, str(Path(__file__).resolve()), "--job", job], last_core())
    summary = {name: round(result[name], 1) for name in ("seconds", "clock", "tokens")}
    print(settings or "ours", json.dumps(summary), file=sys.stderr, flush=True)
    return result


def main() -> None:
    options = arguments(__doc__.splitlines()[0], job="what one process does, as JSON: the benchmark's own")
    if options.job:
        print(json.dumps(answer(json.loads(options.job))))
        return
    if not PROMPTS.is_file():
        sys.exit(f"{PROMPTS} does not exist: set SECONDHALF_DATA to the folder with ifeval/.")
    prompts, limit, rounds = (12, 24, 1) if options.quick else (64, 128, 3)
    speeds = {} if options.quick else {json.dumps(one): _speed(run(32, 48, one)) for one in TRIED}
    best = json.loads(max(speeds, key=lambda one: speeds[one])) if speeds else TRIED[0]
    last: dict[str, dict[str, Any]] = {}

    def speed(name: str) -> float:
        last[name] = run(prompts, limit, best if name == "theirs" else None)
        return float(last[name]["tokens"] / last[name]["seconds"])

    runs = in_turns(rounds, ours=lambda: speed("ours"), theirs=lambda: speed("theirs"))
    both = zip(last["ours"]["answers"], last["theirs"]["answers"], strict=True)
    figures = {
        **ratio_of(runs["ours"], runs["theirs"]),
        "tokens_per_s": {name: round(statistics.median(values), 1) for name, values in runs.items()},
        "runs": rounded(runs, 1),
        "tokens": {name: last[name]["tokens"] for name in last},
        "prompts": prompts,
        "longest_answer": limit,
        "equal_answers": sum(one == two for one, two in both),
        "settings": {"page_size": PAGE, **best},
        "tried_tokens_per_s": speeds,
    }
    versions = {name: version(name) for name in ("torch", "transformers")}
    finish("generate_batch", figures, versions, quick=options.quick)


def _speed(result: dict[str, Any]) -> float:
    return round(result["tokens"] / result["seconds"], 1)


if __name__ == "__main__":
    main()
