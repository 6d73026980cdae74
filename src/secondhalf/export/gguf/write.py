"""A merged model as one GGUF file, a tensor at a time.

The student that came from a GGUF keeps that file's own metadata and tokenizer; any other's are written from its folder.
"""

import json
from pathlib import Path
from typing import Any

from secondhalf.errors import UserError
from secondhalf.export.gguf.metadata import write_metadata
from secondhalf.export.gguf.tensors import ARCHITECTURES, TYPES, places, read, stored_bytes, stored_type
from secondhalf.export.gguf.vocabulary import write_vocabulary
from secondhalf.models.chat.template import Template
from secondhalf.models.weights.load import load_tokenizer
from secondhalf.progress import Progress

_OF_THE_FILE = ("GGUF.", "quantize.imatrix.", "general.file_type", "general.name", "general.architecture",
                "general.quantization_version", "tokenizer.chat_template", "tokenizer.ggml.eot_token_id")  # fmt: skip
_COMPUTED = {"rope_freqs.weight"}  # the only tensor of a GGUF that is no weight of the model


def write_gguf(merged: Path, source: Path | None, template: Template, out: Path, kind: str, name: str) -> None:
    """Writes `out` from the merged folder; `source` is the student's own GGUF, `kind` bf16, f16 or q8_0.

    Raises UserError for an architecture, a tensor or a tokenizer that cannot be written here.
    """
    try:
        import gguf
    except ImportError as error:
        raise UserError("A GGUF needs `pip install 'secondhalf[train]'` (gguf is missing).") from error
    config = json.loads((merged / "config.json").read_text("utf-8"))
    every = places(merged, config)
    tokenizer = load_tokenizer(merged)
    writer: Any = gguf.GGUFWriter(out, ARCHITECTURES[config["model_type"]])
    try:
        writer.add_type("model")
        writer.add_name(name)
        writer.add_file_type({"bf16": gguf.LlamaFileType.MOSTLY_BF16, "f16": gguf.LlamaFileType.MOSTLY_F16,
                              "q8_0": gguf.LlamaFileType.MOSTLY_Q8_0}[kind])  # fmt: skip
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        extra = _copied(writer, source, {place.gguf_name for place in every}) if source else []
        if source is None:
            write_metadata(writer, config)
            write_vocabulary(writer, merged, tokenizer, _rows(every))
        writer.add_chat_template(tokenizer.chat_template)
        end = template.end_ids(tokenizer)
        if end and end != [tokenizer.eos_token_id]:
            writer.add_eot_token_id(end[0])
        _write_tensors(writer, every, extra, config, kind)
    finally:
        writer.close()


def _rows(every: list[Any]) -> int:
    return next(int(place.shape[0]) for place in every if place.gguf_name == "token_embd.weight")


def _copied(writer: Any, source: Path, names: set[str]) -> list[Any]:
    """Copies a GGUF's metadata, and returns its tensors that are no weights. Raises UserError where tensors differ."""
    import gguf

    reader = gguf.GGUFReader(str(source))
    for field in reader.fields.values():
        if field.name.startswith(_OF_THE_FILE) or field.name == "general.type":
            continue
        inner = field.types[-1] if field.types[0] == gguf.GGUFValueType.ARRAY else None
        writer.add_key_value(field.name, field.contents(), field.types[0], sub_type=inner)
    extra = [tensor for tensor in reader.tensors if tensor.name in _COMPUTED]
    there = {tensor.name for tensor in reader.tensors} - {tensor.name for tensor in extra}
    # A tied output layer may stand in the file as well.
    if there - {"output.weight"} != names - {"output.weight"}:
        odd = sorted(there ^ names)[0]
        raise UserError(f"{source.name} and the merged model differ in the tensor {odd}: export with --as merged.")
    return extra


def _write_tensors(writer: Any, every: list[Any], extra: list[Any], config: dict[str, Any], kind: str) -> None:
    import numpy as np

    for place in every:
        size = stored_bytes(place, kind)
        writer.add_tensor_info(place.gguf_name, place.shape, np.dtype(np.float32), size, stored_type(place, kind))
    for tensor in extra:
        writer.add_tensor_info(
            tensor.name, tensor.data.shape, tensor.data.dtype, tensor.data.nbytes, tensor.tensor_type
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    with Progress(f"GGUF {TYPES[kind]}", sum(stored_bytes(place, kind) for place in every) >> 20, "MB") as progress:
        for place, data in zip(every, read(every, config, kind), strict=True):
            writer.write_tensor_data(data)
            progress.advance(stored_bytes(place, kind) >> 20)
        for tensor in extra:
            writer.write_tensor_data(tensor.data)
