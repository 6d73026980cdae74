"""Small random models of many kinds in float64, so that no rounding decides between two tokens."""

from pathlib import Path
from typing import Any

import torch
from transformers import CONFIG_MAPPING, AutoModelForCausalLM

from secondhalf.models.weights.load import load_student

_COMMON = {"vocab_size": 300, "hidden_size": 32, "num_hidden_layers": 2}
_SHARED = {**_COMMON, "num_attention_heads": 4, "intermediate_size": 48, "max_position_embeddings": 128}
_GROUPED = {**_SHARED, "num_key_value_heads": 2}
_GEMMA = {**_GROUPED, "head_dim": 8, "sliding_window": 16, "layer_types": ["sliding_attention", "full_attention"]}
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "llama": ("llama", _GROUPED),
    "mistral": ("mistral", {**_GROUPED, "sliding_window": 16}),
    "gpt2": ("gpt2", {"vocab_size": 300, "n_embd": 32, "n_layer": 2, "n_head": 4, "n_positions": 128}),
    "mamba": ("mamba", {**_COMMON, "state_size": 4}),
    # Keys and values of two widths.
    "deepseek": ("deepseek_v2", {
        **_SHARED, "num_key_value_heads": 4, "kv_lora_rank": 16, "q_lora_rank": None, "qk_rope_head_dim": 8,
        "qk_nope_head_dim": 8, "v_head_dim": 8, "head_dim": 8, "first_k_dense_replace": 2, "n_routed_experts": 4,
    }),
    # Windows that the outer configuration does not name, or names otherwise.
    "gemma3": ("gemma3", {"text_config": _GEMMA, "vision_config": {"hidden_size": 16, "num_hidden_layers": 1, "intermediate_size": 16, "num_attention_heads": 2}}),
    "gemma4": ("gemma4_text", _GEMMA),
    "llama4": ("llama4_text", {**_GROUPED, "head_dim": 8, "intermediate_size_mlp": 48, "num_local_experts": 2, "attention_chunk_size": 16}),
    # These count places by the width of the cache.
    "falcon": ("falcon", {**_COMMON, "num_attention_heads": 4, "alibi": True}),
    "gpt_neo": ("gpt_neo", {"vocab_size": 300, "hidden_size": 32, "num_layers": 2, "num_heads": 4, "attention_types": [[["global", "local"], 1]], "window_size": 16, "max_position_embeddings": 128}),
}  # fmt: skip


TEMPLATE = (
    "{{ bos_token }}{% for m in messages %}<start_of_turn>{{ m['role'] }}\n{{ m['content'] }}<end_of_turn>\n{% endfor %}"
    "{% if add_generation_prompt %}<start_of_turn>model\n{% endif %}"
)


def small_model(kind: str, student: Path) -> Any:
    """`kind`: gemma (the tests' own student) or one of KINDS."""
    if kind == "gemma":
        return load_student(student)[1].double()
    torch.manual_seed(5)
    name, settings = KINDS[kind]
    return AutoModelForCausalLM.from_config(CONFIG_MAPPING[name](**settings)).double().eval()
