"""One arm under one seed, in this process: pairs and a student in, an adapter (or a whole model) and its log out."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from secondhalf.models.reference import Model
from secondhalf.models.weights.context_length import max_context
from secondhalf.models.weights.load import load_student
from secondhalf.store import Stage
from secondhalf.store.workers import ALONE, Workers
from secondhalf.train.dataset import TokenDataset, check_not_empty, read_datasets, tokenise_pairs
from secondhalf.train.distributed import ProcessGroup
from secondhalf.train.early_stopping import early_stopping_summary
from secondhalf.train.fsdp import full_state_dict, shard_model
from secondhalf.train.log import LogRow, write_log
from secondhalf.train.loggers import open_loggers
from secondhalf.train.method import enable_gradient_checkpointing, make_trainable, write_trained
from secondhalf.train.resources.device import find_device
from secondhalf.train.resources.memory import check_memory
from secondhalf.train.settings import TrainSettings
from secondhalf.train.surprises import WithoutSurprises
from secondhalf.train.tokens import Encoder
from secondhalf.train.trainer import train_model
from secondhalf.train.turn_tokens import template_control_tokens, untrained_tokens

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_LOG = logging.getLogger(__name__)


def fit_student(
    shards: Iterable[pa.Table],
    count: int,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    run: Path,
    group: ProcessGroup,
    workers: Workers = ALONE,
) -> dict[str, Any]:
    """`train_arm` in one process, alone or of a group; the main one writes. The student's path is a folder of safetensors.

    `count`: how many pairs the shards have in all. Raises UserError as `train_arm` does.
    """
    tokenizer, base = load_student(student.path, settings.precision, four_bits=settings.method == "qlora")
    if group.is_main_process:
        encoder = Encoder.of(tokenizer, settings, count, max_context(base))
        tokenise_pairs(shards, encoder, stage, count, label, workers)
    group.wait_for_everyone()
    hyperparameters = settings.model_dump() | {"seed": seed}
    loggers = open_loggers(settings.loggers, run, label.removeprefix("train "), hyperparameters)
    return fit_tokenised(tokenizer, base, count, student, settings, seed, stage, label, group, loggers)


def fit_tokenised(
    tokenizer: PreTrainedTokenizerBase,
    base: PreTrainedModel,
    count: int,
    student: Model,
    settings: TrainSettings,
    seed: int,
    stage: Stage,
    label: str,
    group: ProcessGroup,
    loggers: AbstractContextManager[Callable[[LogRow], None]],
    on_checkpoint: Callable[[int], None] = lambda step: None,
) -> dict[str, Any]:
    """The same from the stage's token files, which `tokenise_pairs` wrote, and the student as `load_student` returns it.

    `loggers` gives what the main process calls with every row of the log; `on_checkpoint` as `train_model` has it.
    """
    examples, held_out, phases = read_datasets(stage)
    rejects = stage.read("rejects")
    check_not_empty(label, count, examples, rejects)
    device = find_device()
    estimate = check_memory(student.path, settings, int(examples.lengths.max()), device)
    untrained = untrained_tokens(base, template_control_tokens(tokenizer, settings.template))
    if untrained and settings.turn_tokens == "frozen" and group.is_main_process:
        _warn_of_untrained(tokenizer, untrained, label)
    checkpointing = enable_gradient_checkpointing(base, settings, estimate.memory if estimate else 0.0, device.memory)
    taught: TokenDataset | WithoutSurprises = examples
    if settings.skip_surprising is not None:
        taught = WithoutSurprises(examples, base, settings.skip_surprising, settings.tokens_per_batch, label)
    model: PreTrainedModel = make_trainable(base, settings, seed, untrained if settings.turn_tokens == "train" else [])
    if settings.sharding == "fsdp":
        shard_model(model)
    checkpoints = stage.path / "checkpoints"
    with loggers if group.is_main_process else nullcontext(lambda row: None) as on_log:
        log = train_model(
            model, taught, held_out, settings, seed, checkpoints, label, phases, on_log, group, on_checkpoint
        )
    state_dict = full_state_dict(model)
    if group.is_main_process:
        write_trained(model, tokenizer, settings, stage.path, student.reference, state_dict)
        write_log(stage.path / "log.jsonl", log)
    group.wait_for_everyone()
    if group.is_main_process:
        shutil.rmtree(checkpoints)
        shutil.rmtree(stage.path / "tokens")
    return {
        "rows_in": count,
        "rows": examples.pairs + held_out.pairs,
        "rejected": rejects.num_rows,
        "held_out": len(held_out),
        "texts": len(examples) - examples.pairs,
        "skipped_tokens": taught.skipped if isinstance(taught, WithoutSurprises) else 0,
        "steps": len(log),
        "tokens": log[-1]["tokens"],
        "supervised_tokens": examples.supervised_tokens,
        "loss": log[-1]["loss"],
        **early_stopping_summary(settings.early_stopping, log),
        "untrained_tokens": len(untrained),
        "gradient_checkpointing": checkpointing,
    }


def _warn_of_untrained(tokenizer: PreTrainedTokenizerBase, tokens: list[int], label: str) -> None:
    names = ", ".join(str(tokenizer.convert_ids_to_tokens(token)) for token in tokens)
    _LOG.warning(
        "%s: the student never learned %s: set train.turn_tokens to train, or train.template to plain.", label, names
    )
