"""A student as a folder of safetensors: a GGUF file is converted once and kept in the user's cache.

Converting takes 12 to 30 s for a 270M model, loading what was converted a second. Refuses what is neither a GGUF file
nor a folder, and never runs code that comes with a model.
"""

import fcntl
import shutil
from pathlib import Path

from secondhalf.errors import UserError
from secondhalf.models.reference import cache_folder
from secondhalf.models.student import quiet


def student_folder(path: Path, sha256: str) -> Path:
    """The folder with the student's bf16 safetensors and tokenizer.

    A folder is passed through. A GGUF is converted under CACHE/students/SHA256: under another name first, then renamed,
    so the folder exists when, and only when, it is whole; a second process waits for the first.
    Raises UserError for a file that is no GGUF, or cannot be converted.
    """
    if path.is_dir():
        return path
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise UserError(f"{path} is no GGUF file: give a GGUF, or a folder with safetensors and a tokenizer.")
    if len(sha256) != 64 or not sha256.isalnum():
        raise UserError(f"{sha256!r} is no SHA-256: 64 hex digits name the converted student.")
    shelf = cache_folder() / "students"
    target, unfinished = shelf / sha256, shelf / f"{sha256}.unfinished"
    if target.is_dir():
        return target
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        with (shelf / f"{sha256}.lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not target.is_dir():
                # What a killed process left behind; nobody else holds the lock.
                shutil.rmtree(unfinished, ignore_errors=True)
                _convert(path, unfinished)
                unfinished.replace(target)
    except OSError as error:
        raise UserError(
            f"The converted student could not be kept in {shelf} ({error.strerror or error}): free disk space, or set "
            "SECONDHALF_CACHE to another folder."
        ) from error
    return target


def _convert(path: Path, folder: Path) -> None:
    quiet()
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
    except ImportError as error:
        raise UserError("A student needs torch and transformers: `pip install 'secondhalf[train]'`.") from error
    try:
        model = AutoModelForCausalLM.from_pretrained(
            path.parent,
            gguf_file=path.name,
            # Without this the model keeps its packed weights and can neither be saved nor trained.
            quantization_config=GgufConfig(dequantize=True),
            dtype=torch.bfloat16,
            trust_remote_code=False,
            local_files_only=True,
        )
        tokenizer = AutoTokenizer.from_pretrained(
            path.parent, gguf_file=path.name, trust_remote_code=False, local_files_only=True
        )
    except (ImportError, KeyError, ValueError, RuntimeError, NotImplementedError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise UserError(f"{path.name} cannot be converted ({reason}): use a student in safetensors instead.") from error
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
