"""One training: LoRA through peft and transformers' Trainer, packed rows, checkpoints that are whole or do not count.

Paper, section 3. Knows examples and a student; knows nothing of arms or of what comes after. On a CPU, a training that
was killed and resumed gives the same adapter bit for bit as one that was not. Imports torch: only training imports this.
"""

import math
import resource
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, PeftModel, get_peft_model
from transformers import PrinterCallback, Trainer, TrainerCallback, TrainingArguments, set_seed

from secondhalf.errors import UserError
from secondhalf.models import student as students
from secondhalf.progress import Progress
from secondhalf.train import checkpoints, pack
from secondhalf.train.encode import Example
from secondhalf.train.log import Log
from secondhalf.train.loss import summed_loss
from secondhalf.train.settings import TrainSettings


def fit(
    examples: Sequence[Example],
    kept_out: Sequence[Example],
    student: Path,
    settings: TrainSettings,
    seed: int,
    out: Path,
    label: str = "train",
) -> dict[str, Any]:
    """Trains on `examples` and writes out/adapter (PEFT safetensors), out/log.jsonl and, meanwhile, out/checkpoints.

    Returns figures: steps, tokens (seen, prompts included), supervised_tokens, loss_first, loss_last, held_out_before,
    held_out_after (nats a token), tokens_per_second, peak_memory_gb.
    Raises UserError without examples, when memory is short, and when the loss is not a number.
    """
    if not examples:
        raise UserError(
            "No pairs are left to train on: see the rejects of the audit and of train, or raise train.max_length."
        )
    rows = pack.rows(examples, settings.tokens_per_batch, settings.epochs, seed)
    set_seed(seed)
    model = _adapted(student, settings, max(sum(len(examples[i].ids) for i in row) for row in rows))
    trainer = _Trainer(model, _Rows(examples, rows), kept_out, settings, seed, out, label)
    return trainer.run()


def _adapted(folder: Path, settings: TrainSettings, longest_row: int) -> Any:
    model = students.load_model(folder, settings.dtype)
    students.check_memory("Training", _activations(model.config, longest_row))
    targets = settings.targets if isinstance(settings.targets, str) else list(settings.targets)
    config = LoraConfig(
        r=settings.rank,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=targets,
        task_type="CAUSAL_LM",
    )
    try:
        return get_peft_model(model, config)  # the adapters are float32 whatever the student is
    except ValueError as error:
        raise UserError(
            f"train.targets: {str(error).splitlines()[0]}: use all-linear, or names of its layers."
        ) from error


def _activations(config: Any, tokens: int) -> int:
    """Bytes that one row keeps for the backward pass, and the logits of a chunk: within a third of what was measured."""
    per_token = config.num_hidden_layers * (48 * config.hidden_size + 16 * config.intermediate_size)
    attention = 10 * tokens * config.num_hidden_layers * config.num_attention_heads
    return tokens * (per_token + attention) + (300 << 20)


class _Rows(torch.utils.data.Dataset):  # type: ignore[misc]
    """The planned rows of all epochs, one after another."""

    def __init__(self, examples: Sequence[Example], rows: list[list[int]]) -> None:
        self.examples, self.rows = examples, rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> list[Example]:
        return [self.examples[i] for i in self.rows[index]]

    def size(self, index: int) -> int:
        return sum(len(example.ids) for example in self[index])


class _Trainer(Trainer):  # type: ignore[misc]
    """Transformers' Trainer with a loss over packed rows, a held-out loss by tokens, and checkpoints that are marked."""

    def __init__(
        self,
        model: Any,
        rows: _Rows,
        kept_out: Sequence[Example],
        settings: TrainSettings,
        seed: int,
        out: Path,
        label: str,
    ) -> None:
        self.out, self.label, self.plan, self.kept_out, self.limit = (
            out,
            label,
            rows,
            kept_out,
            settings.tokens_per_batch,
        )
        self.rows_a_step = max(1, round(settings.tokens_per_step / settings.tokens_per_batch))
        steps = math.ceil(len(rows) / self.rows_a_step)
        cpu = students.device() == "cpu"
        arguments = TrainingArguments(
            output_dir=str(out / "checkpoints"),
            num_train_epochs=1,  # the rows are planned for all epochs
            per_device_train_batch_size=1,
            gradient_accumulation_steps=self.rows_a_step,
            learning_rate=settings.learning_rate,
            lr_scheduler_type=settings.schedule if settings.schedule != "constant" else "constant_with_warmup",
            warmup_steps=round(settings.warmup * steps),
            weight_decay=settings.weight_decay,
            max_grad_norm=settings.clip,
            # The adapters are float32; autocast multiplies in bf16: 1.2 s for 512 tokens instead of 1.5.
            bf16=settings.dtype == "bfloat16",
            use_cpu=cpu,
            seed=seed,
            save_strategy="steps",
            save_steps=settings.checkpoint_steps,
            save_total_limit=2,
            eval_strategy="steps" if kept_out else "no",
            eval_steps=settings.checkpoint_steps,
            logging_steps=1,
            logging_nan_inf_filter=False,
            remove_unused_columns=False,
            dataloader_pin_memory=not cpu,
            disable_tqdm=True,
            report_to="none",
        )
        super().__init__(
            model=model,
            args=arguments,
            train_dataset=rows,
            eval_dataset=kept_out or None,
            data_collator=lambda batch: pack.collate(batch[0]),
        )
        self.remove_callback(PrinterCallback)
        # compute_loss divides by the labels of the whole step, so the Trainer must not divide once more.
        self.model_accepts_loss_kwargs = True

    def run(self) -> dict[str, Any]:
        last = checkpoints.last_whole(self.out / "checkpoints")
        resumed = int(last.name.rpartition("-")[2]) if last else 0
        self.log_file = Log(self.out / "log.jsonl", resumed)
        self.progress_steps = math.ceil(len(self.plan) / self.rows_a_step)
        self.sizes = [self.plan.size(index) for index in range(len(self.plan))]
        start = time.monotonic()
        if not last:
            self.log_file.add(step=0, tokens=0, **self._held_out())
        with Progress(self.label, self.progress_steps, "steps") as progress:
            progress.advance(resumed)
            self.add_callback(_Advance(progress))
            self.train(resume_from_checkpoint=str(last) if last else None)
        if self.kept_out and self.state.global_step % self.args.eval_steps:
            self.evaluate()
        seconds = time.monotonic() - start
        self._save_adapter()
        tokens = sum(self.sizes)
        losses, apart = self.log_file.values("loss"), self.log_file.values("held_out")
        return {
            "steps": self.state.global_step,
            "pairs": len(self.plan.examples),
            "pairs_held_out": len(self.kept_out),
            "tokens": tokens,
            "supervised_tokens": sum(self.plan.examples[i].supervised for row in self.plan.rows for i in row),
            "loss_first": losses[0],
            "loss_last": losses[-1],
            **({"held_out_before": apart[0], "held_out_after": apart[-1]} if apart else {}),
            "tokens_per_second": round((tokens - self._tokens(resumed)) / max(seconds, 1e-9), 1),
            "peak_memory_gb": round(_peak_memory() / 1e9, 2),
        }

    def _tokens(self, step: int) -> int:
        return sum(self.sizes[: step * self.rows_a_step])

    def compute_loss(
        self, model: Any, inputs: Any, return_outputs: bool = False, num_items_in_batch: Any = None
    ) -> Any:
        """The row's share of the step's mean loss a labelled token."""
        loss = summed_loss(model, inputs) / num_items_in_batch
        return (loss, None) if return_outputs else loss

    def _get_train_sampler(self, *_: Any) -> Any:
        return torch.utils.data.SequentialSampler(self.plan)

    def log(self, logs: dict[str, float], start_time: float | None = None) -> None:
        if "loss" not in logs:
            return
        step, loss = self.state.global_step, float(logs["loss"])
        if not math.isfinite(loss):
            raise UserError(
                f"The loss of step {step} is {loss}: lower train.learning_rate, or set train.dtype to float32; whole "
                "checkpoints before it are kept."
            )
        self.log_file.add(step=step, tokens=self._tokens(step), loss=loss, learning_rate=float(logs["learning_rate"]))

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        """The held-out loss, by tokens, into the log."""
        figures = self._held_out()
        self.log_file.add(step=self.state.global_step, tokens=self._tokens(self.state.global_step), **figures)
        return {f"eval_{name}": value for name, value in figures.items()}

    def _held_out(self) -> dict[str, float]:
        if not self.kept_out:
            return {}
        total, count = 0.0, 0
        self.model.eval()
        with torch.inference_mode(), self.compute_loss_context_manager():
            for row in pack.in_order(self.kept_out, self.limit):
                inputs = self._prepare_inputs(pack.collate([self.kept_out[i] for i in row]))
                total += float(summed_loss(self.model, inputs))
                count += sum(self.kept_out[i].supervised for i in row)
        self.model.train()
        return {"held_out": total / count}

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """The adapter alone: no pickled arguments, and no question to a hub whether the vocabulary was changed."""
        self.model.save_pretrained(
            output_dir or self.args.output_dir, state_dict=state_dict, save_embedding_layers=False
        )

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        super()._save_checkpoint(model, trial)
        checkpoints.mark(Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}")

    def _save_adapter(self) -> None:
        unfinished, folder = self.out / "adapter.unfinished", self.out / "adapter"
        shutil.rmtree(unfinished, ignore_errors=True)
        model: PeftModel = self.accelerator.unwrap_model(self.model)
        # Where the student lay on this machine is nobody's business, and would make equal work differ.
        model.peft_config["default"].base_model_name_or_path = ""
        model.save_pretrained(unfinished, save_embedding_layers=False)
        (unfinished / "README.md").unlink(missing_ok=True)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
        shutil.rmtree(self.args.output_dir, ignore_errors=True)


class _Advance(TrainerCallback):  # type: ignore[misc]
    """Moves the progress bar on."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.progress.advance(1)


def _peak_memory() -> int:
    """Bytes: the process's peak, or the GPU's."""
    if students.device() == "cuda":
        return int(torch.cuda.max_memory_allocated())
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
