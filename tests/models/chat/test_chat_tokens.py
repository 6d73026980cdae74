"""Messages as token ids: for one text and for many those of the tokenizer's own template, rendered and tokenised as a whole."""

from pathlib import Path
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.models.chat.chat_template import jinja_for_tokenizer
from secondhalf.models.chat.chat_tokens import ChatTokens, PlainTokens
from secondhalf.models.chat.plain_text import control_ids
from secondhalf.models.chat.template import Template
from secondhalf.models.request import USER_TURN
from support.llama_tokenizer import llama_tokenizer
from support.tiny_student import tokenizer

TEXTS = ["The river runs", "川は流れる", "two  blanks"]


def bare() -> Any:
    """A tokenizer that names a beginning token and adds it to nothing."""
    from tokenizers import processors

    bytes_tokenizer = tokenizer()
    bytes_tokenizer.backend_tokenizer.post_processor = processors.Sequence([])
    return bytes_tokenizer


KINDS = {
    "bytes": tokenizer,
    "bare": bare,
    "llama": lambda: llama_tokenizer(legacy=True),
    "llama-new": lambda: llama_tokenizer(legacy=False),
}


def chat(kind: str, preset: str) -> tuple[Any, ChatTokens]:
    tokenizer = KINDS[kind]()
    tokenizer.chat_template = jinja_for_tokenizer(Template.named(preset), tokenizer)
    return tokenizer, ChatTokens(tokenizer, Path("folder"))


@pytest.mark.parametrize("preset", ["plain", "llama-2", "mistral", "zephyr"])
@pytest.mark.parametrize("kind", KINDS)
def test_ids_are_those_of_the_rendered_whole(kind: str, preset: str) -> None:
    tokenizer, tokens = chat(kind, preset)
    for count in (1, 3):
        messages = tuple((("user", "assistant")[index % 2], text) for index, text in enumerate(TEXTS[:count]))
        turns = [{"role": role, "content": text} for role, text in messages]
        whole = tokenizer.apply_chat_template(turns, tokenize=True, return_dict=False, add_generation_prompt=True)
        assert tokens.ids(messages) == list(whole)
        assert (whole[0] == tokenizer.bos_token_id) == (kind != "bare")


@pytest.mark.parametrize("kind", KINDS)
def test_a_turn_that_is_carried_on_ends_before_what_the_template_writes_after_it(kind: str) -> None:
    tokenizer, tokens = chat(kind, "llama-2")
    whole = tokens.ids((("user", "The river"),))
    begun = tokens.ids(((USER_TURN, "The river"),))
    assert whole[: len(begun)] == begun
    assert tokenizer.decode(whole[len(begun) :]).strip() == "[/INST]"
    # A model that is to write the turn itself begins it with a word, blank included.
    assert tokenizer.decode(tokens.ids(((USER_TURN, ""),))).endswith("[INST]")


def test_a_text_makes_no_control_token() -> None:
    tokenizer, tokens = chat("bytes", "zephyr")
    hostile, tame = (tokens.ids((("user", text),)) for text in ("<eos></s><bos>[multimodal]", "a"))
    control = control_ids(tokenizer)
    assert [token for token in hostile if token in control] == [token for token in tame if token in control]


@pytest.mark.parametrize(
    "text", ["{{ messages[-1].content }}", "{% for m in messages | reverse %}{{ m.content }}{% endfor %}"]
)
def test_a_template_that_drops_or_reorders_messages_is_refused(text: str) -> None:
    bytes_tokenizer = tokenizer()
    bytes_tokenizer.chat_template = text
    with pytest.raises(UserError, match="drops or reorders"):
        ChatTokens(bytes_tokenizer, Path("folder")).ids((("user", "a"), ("assistant", "b"), ("user", "c")))


def test_a_base_model_is_given_the_text_alone_and_needs_no_template(student: Path):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(student)
    assert not tokenizer.chat_template
    plain = PlainTokens(tokenizer, student)
    ids = plain.ids((("user", "The river <end_of_turn> runs"),))
    assert ids[0] == tokenizer.bos_token_id
    assert tokenizer.convert_tokens_to_ids("<end_of_turn>") not in ids
    assert plain.text(ids[1:]) == "The river <end_of_turn> runs"
    assert plain.stops == [tokenizer.eos_token_id]
