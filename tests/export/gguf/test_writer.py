"""Every architecture and kind of tokenizer that a GGUF is written for: llama.cpp reads the token ids of transformers and
computes its log-probabilities."""

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")
pytest.importorskip("xllamacpp")

from secondhalf.errors import UserError
from secondhalf.export.gguf.vocabulary import PATTERNS
from secondhalf.export.gguf.writer import write_gguf
from secondhalf.export.tokenizer import chat_ids
from secondhalf.models.chat.chat_template import jinja_for_tokenizer
from secondhalf.models.chat.template import Template
from secondhalf.models.engines.llama_cpp import LlamaCppTeacher
from secondhalf.models.generation.student import StudentModel
from support.llama_tokenizer import llama_tokenizer
from support.tiny_student import TEXT

MORE_TEXT = "Don't we'll it's 12345 678 2024 naïve café spaced code(x){1}; what is thanks!! " * 3
PROMPTS = [
    "What is 12345 + 678? Don't say 'no'.\nThanks!!",
    "川とは何ですか。2024年に\n\n三つ挙げてください。",
    "  naïve café — it's   spaced\t tab\n\n\n code(x){1} ",
]
SHAPE = {
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 16,
    "initializer_range": 0.1,
    "max_position_embeddings": 512,
}
KINDS = [
    ("llama", "smollm", {}),
    ("llama", "llama-bpe", {}),
    ("llama", "sentencepiece, older", {}),
    ("mistral", "sentencepiece", {}),
    ("qwen2", "qwen2", {}),
    ("qwen3", "qwen2", {"tie_word_embeddings": True}),
    ("gemma3_text", "gpt-2", {"sliding_window": 8, "query_pre_attn_scalar": 16, "tie_word_embeddings": True,
                              "layer_types": ["sliding_attention", "sliding_attention", "full_attention"]}),
]  # fmt: skip


def tokenizer_of(pre_tokenizer: str) -> Any:
    """A tokenizer that cuts texts in the way llama.cpp calls `pre_tokenizer`."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors, trainers
    from transformers import PreTrainedTokenizerFast

    if pre_tokenizer.startswith("sentencepiece"):
        return llama_tokenizer(legacy="older" in pre_tokenizer)
    with_pattern = pre_tokenizers.ByteLevel(add_prefix_space=False)
    without_pattern = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    pattern = {name: pattern for pattern, name in PATTERNS.items()}.get(pre_tokenizer)
    backend = Tokenizer(models.BPE())
    if pattern:
        backend.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(pattern), "isolated"), without_pattern]
        )
    else:
        digits = pre_tokenizers.Digits(individual_digits=True)
        with_digits = pre_tokenizers.Sequence([digits, with_pattern])
        backend.pre_tokenizer = with_pattern if pre_tokenizer == "gpt-2" else with_digits
    backend.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=450,
        special_tokens=["<pad>", "<eos>", "<bos>"],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    backend.train_from_iterator([TEXT, MORE_TEXT], trainer)
    if pre_tokenizer == "llama-bpe":
        backend.post_processor = processors.TemplateProcessing(single="<bos> $A", special_tokens=[("<bos>", 2)])
    return PreTrainedTokenizerFast(tokenizer_object=backend, bos_token="<bos>", eos_token="<eos>", pad_token="<pad>")


def build(folder: Path, kind: str, tokenizer: Any, more: dict[str, Any]) -> None:
    """A random model with norms and biases that matter, and three rows more than tokens, as many have."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    tokenizer.chat_template = jinja_for_tokenizer(Template.named("plain"), tokenizer)
    tokenizer.save_pretrained(folder)
    ends = {f"{name}_token_id": getattr(tokenizer, f"{name}_token_id") for name in ("bos", "eos", "pad")}
    config = AutoConfig.for_model(kind, vocab_size=len(tokenizer) + 3, **SHAPE, **more, **ends)
    torch.manual_seed(0)
    model = AutoModelForCausalLM.from_config(config)
    for name, weight in model.named_parameters():
        if weight.ndim == 1:
            torch.nn.init.normal_(weight, mean=0.0 if "bias" in name or kind == "gemma3_text" else 1.0, std=0.3)
    model.to(torch.bfloat16).save_pretrained(folder)


@pytest.mark.parametrize(("kind", "pre_tokenizer", "more"), KINDS, ids=[" ".join(kind[:2]) for kind in KINDS])
def test_llama_cpp_computes_what_transformers_does(
    tmp_path: Path, kind: str, pre_tokenizer: str, more: dict[str, Any]
) -> None:
    build(tmp_path, kind, tokenizer_of(pre_tokenizer), more)
    template = Template.named("plain")
    write_gguf(tmp_path, None, template, tmp_path / "x.gguf", "f16", "x")
    local, engine = StudentModel(tmp_path), LlamaCppTeacher(tmp_path / "x.gguf", "x", slots=1)
    local._base.float()  # what is left is the engine's own rounding
    try:
        differences = []
        for prompt in PROMPTS:
            ids = engine.chat_ids(prompt)
            assert ids == chat_ids(local.tokenizer, prompt)
            # A teacher is asked in the same tokens. Not after a sign that Llama 3 and Qwen join with the line break behind it.
            question = prompt.strip(" 。!}")
            assert engine.ids((("user", question),)) == engine.chat_ids(question)
            turns = [{"role": role, "content": question} for role in ("user", "assistant", "user")]
            whole = local.tokenizer.apply_chat_template(
                turns, tokenize=True, return_dict=False, add_generation_prompt=True
            )
            assert engine.ids(tuple((turn["role"], question) for turn in turns)) == list(whole)
            steps = engine.greedy(ids, 12, 20)
            assert len(steps) == 12 or steps[-1][0] == local.tokenizer.eos_token_id
            logprobs = local.token_logprobs([(ids, [token for token, _ in steps])])[0]
            differences += [
                abs(logprob - likeliest[token])
                for logprob, (token, likeliest) in zip(logprobs, steps, strict=True)
                if likeliest
            ]
        assert len(differences) > 6
        assert max(differences) < 0.05
    finally:
        engine.close()


def test_what_cannot_be_written_names_the_way_out(tmp_path: Path) -> None:
    build(
        tmp_path,
        "llama",
        tokenizer_of("smollm"),
        {"rope_parameters": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1e4}},
    )
    with pytest.raises(UserError, match=r"convert_hf_to_gguf\.py"):
        write_gguf(tmp_path, None, Template.named("plain"), tmp_path / "x.gguf", "f16", "x")
