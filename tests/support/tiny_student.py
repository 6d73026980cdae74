"""A random student of two layers with a tokenizer of its own, for tests that run in seconds and need no network.

A Gemma, because its sliding window is the harder mask; the window is shorter than the tests' texts. The tokenizer is
byte-level, has control tokens of both kinds (special, and added without that mark) and runs of newlines.
"""

import json
from pathlib import Path
from typing import Any

TEXT = (
    "The river runs past the old mill and the miller's house. In the morning the baker buys flour, in the evening "
    "the children fish from the bridge. 川は古い水車小屋のそばを流れる。朝になるとパン屋が粉を買いに来る。"
    "\n\nUser: Assistant: "
)
SPECIAL = ["<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>", "</s>"]
UNMARKED = ["<start_of_image>", "[multimodal]", "\n\n", "\n\n\n"]


def tokenizer() -> Any:
    """A fast tokenizer that begins a text with <bos>."""
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    backend = Tokenizer(models.BPE())
    backend.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    backend.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(
        vocab_size=400, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False
    )
    backend.train_from_iterator([TEXT], trainer)
    backend.add_tokens([AddedToken(word, normalized=False) for word in UNMARKED])
    backend.post_processor = processors.TemplateProcessing(
        single="<bos> $A", special_tokens=[("<bos>", backend.token_to_id("<bos>"))]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=backend, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>", model_max_length=1024
    )


def build(folder: Path, **generation: Any) -> Path:
    """Writes the student into `folder`; `generation` goes into its generation_config.json."""
    import torch
    from transformers import Gemma3ForCausalLM, Gemma3TextConfig

    student_tokenizer = tokenizer()
    torch.manual_seed(0)
    config = Gemma3TextConfig(
        vocab_size=len(student_tokenizer), hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
        num_key_value_heads=1, head_dim=16, sliding_window=8, layer_types=["sliding_attention", "full_attention"],
        query_pre_attn_scalar=16, bos_token_id=student_tokenizer.bos_token_id, eos_token_id=student_tokenizer.eos_token_id,
        pad_token_id=student_tokenizer.pad_token_id, initializer_range=0.3,
    )  # fmt: skip
    model = Gemma3ForCausalLM(config).to(torch.bfloat16)
    model.save_pretrained(folder)
    student_tokenizer.save_pretrained(folder)
    if generation:
        path = folder / "generation_config.json"
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **generation}), "utf-8")
    return folder
