"""A student as a folder of safetensors: a GGUF is converted once, under the user's cache folder, keyed by its hash."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from secondhalf.errors import UserError
from secondhalf.models.reference import cache_folder, cache_place
from secondhalf.models.weights.library_output import quiet_transformers
from secondhalf.store.files import flush, follow_umask

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase


def student_folder(path: Path, sha256: str) -> Path:
    """The folder to load a student from: `path` itself, or the converted GGUF. Raises UserError when it cannot be read.

    Weights become bf16 (dequantised by transformers). Two processes may convert at once; one of them wins.
    """
    if path.is_dir():
        return path
    if path.suffix != ".gguf":
        raise UserError(f"{path} is neither a folder with safetensors nor a GGUF file: convert it first.")
    target = cache_folder() / "students" / sha256[:32]
    if os.path.isfile(target / "config.json"):
        return target
    need, have = path.stat().st_size * 8, psutil.virtual_memory().available
    if need > have:
        raise UserError(
            f"Converting {path.name} needs about {need >> 20} MB of memory, {have >> 20} MB are free: "
            f"choose a smaller student."
        )
    cache_place("students", sha256[:32])
    work = target.with_name(f"tmp-{secrets.token_hex(8)}")
    work.mkdir()
    try:
        _convert(path, work)
        follow_umask(work)  # weights are written for their owner alone, and a cache may be shared
        for file in work.iterdir():
            flush(file)
        try:
            work.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return target


def _convert(path: Path, out: Path) -> None:
    try:
        with quiet_transformers():
            import torch
            from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

            folder, file = str(path.parent), path.name
            tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
                folder, gguf_file=file, trust_remote_code=False
            )
            # Without `dequantize` the model stays quantised and can be neither saved nor trained.
            model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(
                folder,
                gguf_file=file,
                quantization_config=GgufConfig(dequantize=True),
                dtype=torch.bfloat16,
                trust_remote_code=False,
            )
            tokenizer.save_pretrained(out)
            model.save_pretrained(out)
    except ImportError as error:
        raise UserError(f"A student needs `pip install 'secondhalf[train]'` ({error.name} is missing).") from error
    except ValueError as error:
        raise UserError(f"{path.name} cannot be read as a GGUF model ({str(error).splitlines()[0]}).") from error
