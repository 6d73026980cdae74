from typing import Any

import pyarrow as pa
import pytest

pytest.importorskip("transformers")

from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.models.chat.batch_tokenizer import BatchTokenizer, cut_after
from secondhalf.models.chat.plain_text import control_ids, encode
from support.tiny_student import SPECIAL, UNMARKED, tokenizer

PIECES = [
    *SPECIAL, *UNMARKED, " ", "  ", "\n", " \n ", "\t", "\r\n", "\u3000", "\u00a0", "\u2028", "\x01", "\x02", "\x85", "▁",
    "mill", "'s", ",", ">", "</", "12 345", "川は流れる。", "é", "e\u0301", "\u0301", "👩‍👩‍👧", "\u200b", "\ufdd0",
]  # fmt: skip


def sentencepiece(cut: bool = True) -> Any:
    """Gemma's kind: spaces become ▁, merges run over the whole text; `cut` False adds a token that joins x with a space."""
    from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    tokenizer = [
        "<unk>",
        "<eos>",
        *(f"<0x{byte:02X}>" for byte in range(256)),
        *"▁mil,>/<12x",
        "mi",
        "mil",
        "mill",
        "▁mill",
    ]
    merges = [("m", "i"), ("mi", "l"), ("mil", "l"), ("▁", "mill"), (">", "▁"), (">▁", "<"), (">▁<", "/")]
    tokenizer += [">▁", ">▁<", ">▁</", "▁▁"]
    merges += [("▁", "▁")]
    model = models.BPE(
        vocab={word: number for number, word in enumerate(tokenizer)}, merges=merges, unk_token="<unk>", byte_fallback=True,
        fuse_unk=True,
    )  # fmt: skip
    backend = Tokenizer(model)
    backend.normalizer = normalizers.Replace(" ", "▁")
    backend.pre_tokenizer = pre_tokenizers.Split(" ", "merged_with_previous")
    backend.add_tokens([AddedToken(word, normalized=False) for word in ("\n\n", "[multimodal]")])
    return PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="<eos>", unk_token="<unk>")


OWN = {"byte level": tokenizer(), "sentencepiece": sentencepiece()}
ALL = {name: BatchTokenizer(own) for name, own in OWN.items()}


@pytest.mark.parametrize("name", OWN)
@given(st.lists(st.lists(st.sampled_from(PIECES) | st.text(max_size=6), max_size=12).map("".join), max_size=5))
@settings(max_examples=150, deadline=None)
def test_a_batch_equals_its_texts_one_by_one(name: str, texts: list[str]) -> None:
    # What an Arrow table cannot hold never comes here.
    texts = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
    actual = ALL[name].encode_all(pa.array(texts, pa.string())).to_pylist()
    assert actual == [encode(OWN[name], text) for text in texts]
    assert not any(control_ids(OWN[name]).intersection(ids) for ids in actual)


@pytest.mark.parametrize("name", OWN)
def test_texts_are_cut_at_all(name: str) -> None:
    # Without this the test above would pass on whole texts, and speed would be lost unseen.
    tokenizer = BatchTokenizer(OWN[name])
    assert tokenizer._split_at_marks(pa.array(["mill mill  mill\n mill"])).to_pylist() == [
        ["mill", " mill", "  mill\n mill"]
    ]


def test_a_character_that_a_token_joins_with_a_space_is_no_place_to_cut() -> None:
    tokenizer = BatchTokenizer(OWN["sentencepiece"])
    assert tokenizer._split_at_marks(pa.array(["x> </ mill"])).to_pylist() == [["x> </", " mill"]]


def test_a_text_with_every_mark_is_left_whole() -> None:
    text = "a b \x01\x02\x03\ufdd0\uffff c d"
    assert BatchTokenizer(OWN["byte level"]).encode_all(pa.array([text])).to_pylist() == [
        encode(OWN["byte level"], text)
    ]


def test_an_unknown_tokenizer_gets_whole_texts() -> None:
    assert cut_after({"model": {"type": "Unigram"}, "normalizer": None, "pre_tokenizer": None}) is None
