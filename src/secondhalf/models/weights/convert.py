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
from secondhalf.models.weights.check_weights import check_loading_info, check_size
from secondhalf.models.weights.gguf_header import header_read_once
from secondhalf.models.weights.libraries import load_libraries
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
    load_libraries()
    try:
        with quiet_transformers(), header_read_once():
            import torch
            from transformers import AutoConfig, AutoModelForCausalLM, AutoTokenizer, GgufConfig

            stored = _check_layers(path)
            folder, file = str(path.parent), path.name
            tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
                folder, gguf_file=file, trust_remote_code=False
            )
            check_size(AutoConfig.from_pretrained(folder, gguf_file=file, trust_remote_code=False), stored, path)
            # Without `dequantize` the model stays quantised and can be neither saved nor trained.
            model: PreTrainedModel
            model, info = AutoModelForCausalLM.from_pretrained(
                folder,
                gguf_file=file,
                quantization_config=GgufConfig(dequantize=True),
                dtype=torch.bfloat16,
                trust_remote_code=False,
                output_loading_info=True,
                ignore_mismatched_sizes=True,
            )
            check_loading_info(info, path)
            tokenizer.save_pretrained(out)
            model.save_pretrained(out)
    except UserError:
        raise
    except Exception as error:  # a damaged file makes its readers raise whatever comes first
        if isinstance(error, OSError) and error.errno is not None:
            raise  # a full disk, perhaps: the file itself may be whole
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise UserError(f"{path.name} cannot be read as a GGUF model ({reason}): fetch it again.") from error


def _check_layers(path: Path) -> int:
    """How many weights a GGUF holds. Raises UserError where its metadata count more layers than it has tensors."""
    from gguf import GGUFReader

    reader = GGUFReader(str(path))  # the one that transformers gets then
    for name, field in reader.fields.items():
        if name.endswith(".block_count") and int(field.contents()) > len(reader.tensors):
            raise UserError(
                f"{path}: {name} is {field.contents()}, and the file holds {len(reader.tensors)} tensors: fetch it again."
            )
    return sum(int(tensor.n_elements) for tensor in reader.tensors)
