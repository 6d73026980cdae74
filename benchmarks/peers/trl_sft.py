"""TRL's SFTTrainer as its documentation shows it, on prompt and completion texts; every setting that is not named is its default.

    python benchmarks/peers/trl_sft.py JOB.json

The job names the student's folder, the pairs (JSON lines), the LoRA rank and alpha, the learning rate and the folder for the
adapter; `sft` holds SFTConfig's own fields that are to differ from their defaults. Prints one JSON object: real tokens,
seconds, peak memory in MB.
"""

import json
import re
import sys
import time
from importlib.metadata import version
from pathlib import Path

import torch
from datasets import Dataset
from peft import LoraConfig
from transformers import AutoTokenizer, TrainerCallback
from trl import SFTConfig, SFTTrainer


class Clock(TrainerCallback):
    """Starts with the first step of the optimizer and ends with the last: what a trainer sets up is nobody's speed."""

    def on_train_begin(self, *_args, **_kwargs):
        self.wall, self.processor = time.perf_counter(), time.process_time()

    def on_train_end(self, *_args, **_kwargs):
        if torch.cuda.is_available():
            torch.cuda.synchronize()
        self.wall, self.processor = time.perf_counter() - self.wall, time.process_time() - self.processor


def main() -> None:
    job = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    pairs = [json.loads(line) for line in Path(job["pairs"]).read_text("utf-8").splitlines()]
    # The words of secondhalf's plain template; TRL adds the beginning and the end.
    rows = [{"prompt": f"User: {pair['prompt']}\n\nAssistant:", "completion": f" {pair['response']}"} for pair in pairs]
    cuda = torch.cuda.is_available()
    config = SFTConfig(
        output_dir=job["out"], use_cpu=not cuda, learning_rate=job["learning_rate"], lr_scheduler_type="constant",
        num_train_epochs=1, report_to="none", save_strategy="no", disable_tqdm=True,
        model_init_kwargs={"dtype": "bfloat16"}, seed=job.get("seed", 1), **job.get("sft", {}),
    )  # fmt: skip
    clock = Clock()
    trainer = SFTTrainer(
        model=job["student"], args=config, train_dataset=Dataset.from_list(rows), callbacks=[clock],
        processing_class=AutoTokenizer.from_pretrained(job["student"]),
        peft_config=LoraConfig(
            r=job["rank"], lora_alpha=job["alpha"], target_modules="all-linear", task_type="CAUSAL_LM"
        ),
    )  # fmt: skip
    tokens = sum(len(ids) for ids in trainer.train_dataset["input_ids"])
    trainer.train()
    trainer.model.save_pretrained(Path(job["out"]) / "adapter")
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    result = {
        "tokens": tokens,
        "steps": trainer.state.global_step,
        "seconds": clock.wall,
        "processor_seconds": clock.processor,
        "peak_mb": int(peak.group(1)) >> 10 if peak else 0,
        "peak_gpu_mb": torch.cuda.max_memory_allocated() >> 20 if cuda else 0,
        "versions": {name: version(name) for name in ("trl", "torch", "transformers", "peft")},
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
