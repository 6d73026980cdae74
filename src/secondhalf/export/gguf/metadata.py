"""A model's shape as GGUF's keys say it, for students that did not come from a GGUF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from secondhalf.errors import UserError
from secondhalf.export.gguf.tensors import ARCHITECTURES, cannot_convert

if TYPE_CHECKING:
    from gguf import GGUFWriter


def write_metadata(writer: GGUFWriter, config: dict[str, Any]) -> None:
    """Adds config.json's numbers. Raises UserError for what llama.cpp would compute otherwise."""
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    theta, swa_theta = _rope(config)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads") or heads)
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_dimension_count(head_dim)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_rope_freq_base(theta)
    writer.add_vocab_size(config["vocab_size"])
    if ARCHITECTURES[config["model_type"]] == "gemma3":
        _write_gemma(writer, config, head_dim, swa_theta)


def _rope(config: dict[str, Any]) -> tuple[float, float]:
    """The base of rotary positions in full and in sliding attention. Raises UserError for scaled ones."""
    parameters = config.get("rope_parameters") or {
        "rope_theta": config.get("rope_theta", 10_000.0),
        "rope_type": "default",
    }
    full = parameters.get("full_attention", parameters)
    sliding = parameters.get("sliding_attention", full)
    for rope in (full, sliding):
        if rope.get("rope_type", "default") != "default":
            raise cannot_convert(f"Rotary positions of the type {rope['rope_type']}")
    return float(full["rope_theta"]), float(sliding["rope_theta"])


def _write_gemma(writer: GGUFWriter, config: dict[str, Any], head_dim: int, swa_theta: float) -> None:
    if config.get("query_pre_attn_scalar", head_dim) != head_dim:
        raise cannot_convert("A Gemma whose query_pre_attn_scalar is not its head_dim")
    if config.get("final_logit_softcapping") or config.get("attn_logit_softcapping"):
        raise cannot_convert("A Gemma 3 with soft-capped logits")
    layers = config["layer_types"]
    period = layers.index("full_attention") + 1 if "full_attention" in layers else 0
    regular = ["full_attention" if period and not (n + 1) % period else "sliding_attention" for n in range(len(layers))]
    if layers != regular:
        raise UserError("The student's layer_types follow no period, and GGUF can only say one: export --as merged.")
    writer.add_sliding_window(config["sliding_window"])
    writer.add_sliding_window_pattern(period)
    writer.add_float32(f"{writer.arch}.rope.freq_base_swa", swa_theta)
