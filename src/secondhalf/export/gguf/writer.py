"""A merged model as one GGUF file, a tensor at a time.

The student that came from a GGUF keeps that file's own metadata and tokenizer; any other's are written from its folder.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from secondhalf import install
from secondhalf.errors import UserError
from secondhalf.export.gguf.metadata import write_metadata
from secondhalf.export.gguf.tensors import (
    ARCHITECTURES,
    TYPES,
    TensorSource,
    list_tensors,
    quantized_tensors,
    stored_bytes,
    stored_type,
)
from secondhalf.export.gguf.vocabulary import write_vocabulary
from secondhalf.models.chat.template import Template
from secondhalf.models.weights.gguf_header import read_header
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.progress import Progress

if TYPE_CHECKING:
    from gguf import GGUFWriter, ReaderTensor

_NOT_COPIED = ("GGUF.", "quantize.imatrix.", "general.file_type", "general.name", "general.architecture",
                "general.quantization_version", "tokenizer.chat_template", "tokenizer.ggml.eot_token_id")  # fmt: skip
_COMPUTED = {"rope_freqs.weight"}  # the only tensor of a GGUF that is no weight of the model


def write_gguf(merged: Path, source: Path | None, template: Template, out: Path, kind: str, name: str) -> None:
    """Writes `out` from the merged folder; `source` is the student's own GGUF, `kind` bf16, f16 or q8_0.

    Raises UserError for an architecture, a tensor or a tokenizer that cannot be written here.
    """
    try:
        import gguf
    except ImportError as error:
        raise UserError(f"A GGUF needs {install.extra('train')} (gguf is missing).") from error
    config = json.loads((merged / "config.json").read_text("utf-8"))
    tensors = list_tensors(merged, config)
    tokenizer = load_tokenizer(merged)
    writer = gguf.GGUFWriter(out, ARCHITECTURES[config["model_type"]])
    try:
        writer.add_type("model")
        writer.add_name(name)
        writer.add_file_type({"bf16": gguf.LlamaFileType.MOSTLY_BF16, "f16": gguf.LlamaFileType.MOSTLY_F16,
                              "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}[kind])  # fmt: skip
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        extra = _copy_metadata(writer, source, {tensor.gguf_name for tensor in tensors}) if source else []
        if source is None:
            write_metadata(writer, config)
            write_vocabulary(writer, merged, tokenizer, _vocabulary_size(tensors))
        writer.add_chat_template(tokenizer.chat_template)
        end = template.end_ids(tokenizer)
        if end and end != [tokenizer.eos_token_id]:
            writer.add_eot_token_id(end[0])
        _write_tensors(writer, tensors, extra, config, kind)
    finally:
        writer.close()


def _vocabulary_size(tensors: list[TensorSource]) -> int:
    return next(int(tensor.shape[0]) for tensor in tensors if tensor.gguf_name == "token_embd.weight")


def _copy_metadata(writer: GGUFWriter, source: Path, names: set[str]) -> list[ReaderTensor]:
    """Copies a GGUF's metadata, and returns its tensors that are no weights. Raises UserError where tensors differ."""
    import gguf

    reader = read_header(source)
    for field in reader.fields.values():
        if field.name.startswith(_NOT_COPIED) or field.name == "general.type":
            continue
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=inner)
    extra = [tensor for tensor in reader.tensors if tensor.name in _COMPUTED]
    source_names = {tensor.name for tensor in reader.tensors} - {tensor.name for tensor in extra}
    # A tied output layer may stand in the file as well.
    if source_names - {"output.weight"} != names - {"output.weight"}:
        odd = sorted(source_names ^ names)[0]
        raise UserError(f"{source.name} and the merged model differ in the tensor {odd}: export with --as merged.")
    return extra


def _write_tensors(
    writer: GGUFWriter, tensors: list[TensorSource], extra: list[ReaderTensor], config: dict[str, Any], kind: str
) -> None:
    import numpy as np

    for tensor in tensors:
        size = stored_bytes(tensor, kind)
        writer.add_tensor_info(tensor.gguf_name, tensor.shape, np.dtype(np.float32), size, stored_type(tensor, kind))
    for copied in extra:
        data = copied.data
        writer.add_tensor_info(copied.name, data.shape, data.dtype, data.nbytes, copied.tensor_type)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    total = sum(stored_bytes(tensor, kind) for tensor in tensors)
    with Progress(f"GGUF {TYPES[kind]}", total >> 20, "MB") as progress:
        for tensor, values in zip(tensors, quantized_tensors(tensors, config, kind), strict=True):
            writer.write_tensor_data(values)
            progress.advance(stored_bytes(tensor, kind) >> 20)
        for copied in extra:
            writer.write_tensor_data(copied.data)
