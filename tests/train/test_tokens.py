from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("transformers")

from secondhalf.errors import UserError
from secondhalf.models.chat.batch_tokenizer import BatchTokenizer
from secondhalf.models.chat.template import Template
from secondhalf.rows import FIRST_HALF, Pair, to_table
from secondhalf.train.keep import KeepSettings
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder
from support.llama_tokenizer import llama_tokenizer
from support.tiny_student import tokenizer

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["<eos>", "<bos> the mill", " past\tthe  mill ", "川の水 <pad>", "\u3000", "User: \n\nAssistant:"]
        ),
    ),
    min_size=2,
    max_size=8,
)


def without_bos() -> Any:
    """A tokenizer that names a beginning token and adds it to nothing."""
    from tokenizers import processors

    tiny = tokenizer()
    tiny.backend_tokenizer.post_processor = processors.Sequence([])
    return tiny


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize(
    "make", [tokenizer, without_bos, lambda: llama_tokenizer(legacy=True)], ids=["bos", "without bos", "llama"]
)
@given(texts=TEXTS, template=st.sampled_from(["plain", "gemma", "zephyr"]))
@settings(max_examples=60, deadline=None)
def test_a_batch_is_what_the_template_makes_of_each_pair(
    many: bool, make: Callable[[], Any], texts: list[str], template: str
) -> None:
    tiny, chosen = make(), Template.named(template)
    try:
        chosen.end_ids(tiny)
    except Exception:
        return  # an end that this tokenizer does not know
    rows = [
        Pair(f"{n:03d}", f"d{n}", "r", "en", prompt, "", response, "t", "stop" if n % 2 else "length")
        for n, (prompt, response) in enumerate(pairwise(texts))
    ]
    encoder = Encoder(tiny, TrainSettings(template=chosen, held_out=0), BatchTokenizer(tiny) if many else None)
    rows_by_id = {row["id"]: (row["tokens"], row["prompt"]) for row in encoder(to_table(Pair, rows))[0].to_pylist()}
    expected = {}
    for pair in rows:
        ids, labels = chosen.encode_pair(tiny, pair.prompt, pair.response, ended=pair.finish == "stop")
        assert ids[len(ids) - 1 :] == chosen.end_ids(tiny) or pair.finish != "stop"
        if any(label != -100 for label in labels[1:]):
            expected[pair.id] = (ids, labels)
    masked = {
        id: (tokens, [-100] * prompt_length + tokens[prompt_length:])
        for id, (tokens, prompt_length) in rows_by_id.items()
    }
    assert masked == expected


def test_an_end_that_the_student_has_no_token_for_is_an_error_before_any_pair() -> None:
    with pytest.raises(UserError, match=r"chatml ends answers with <\|im_end\|>, which is no token of the student"):
        Encoder.of(tokenizer(), TrainSettings(template=Template.named("chatml")), 1)


def test_kept_text_is_the_document_that_the_response_belongs_to() -> None:
    """Under another prompt, or under none, plain text beside a pair is still one document: first and second half."""
    tiny, pair = tokenizer(), Pair("1", "d1", "words", "en", "another's half", " rest", "a reply", "t", "stop")
    pairs = to_table(Pair, [pair]).append_column(FIRST_HALF, pa.array(["its own half"]))
    rows = Encoder(tiny, TrainSettings(held_out=0, keep=KeepSettings(text=1)), None)(pairs)[0].to_pylist()
    assert [row["tokens"] for row in rows if row["plain"]] == [tiny("its own half rest").input_ids]


def _pair(id: str, response: str, document: str = "") -> Pair:
    return Pair(id, document or f"d{id}", "r", "en", "the mill", " and so on", response, "t", "stop")


def test_a_pair_of_the_longest_length_is_trained_on_and_one_token_more_is_a_reject() -> None:
    tiny, chosen = tokenizer(), Template.named("plain")
    prompt = chosen.encode_prompt(tiny, "the mill")
    ids, _ = chosen.encode_pair(tiny, "the mill", "the river", ended=True)
    pairs = to_table(Pair, [_pair("a", "the river")])
    for length, context, reason in (
        (len(ids), None, ""),
        (len(ids) - 1, None, f"longer than train.max_length: {len(ids)} tokens"),
        (1000, len(ids), ""),
        (1000, len(ids) - 1, f"longer than the student's context of {len(ids) - 1}: {len(ids)} tokens"),
        (len(ids) - 1, 1000, f"longer than train.max_length: {len(ids)} tokens"),
    ):
        settings = TrainSettings(template=chosen, held_out=0, max_length=max(length, 16))
        settings = settings.model_copy(update={"max_length": length})
        rows, rejects, verdicts = Encoder(tiny, settings, None, context)(pairs)
        assert [(row["tokens"], row["prompt"]) for row in rows.to_pylist()] == ([] if reason else [(ids, len(prompt))])
        assert [row["id"] for row in rejects.to_pylist()] == (["a"] if reason else [])
        [verdict] = verdicts.to_pylist()
        assert (verdict["passed"], verdict["reason"], verdict["score"]) == (not reason, reason, len(ids))


def test_documents_are_held_out_and_kept_by_their_share() -> None:
    pairs = to_table(Pair, [_pair(f"{n}", "the river", f"d{n // 2}") for n in range(2000)])
    settings = TrainSettings(template=Template.named("plain"), held_out=0.1, keep=KeepSettings(text=0.2))
    rows = Encoder(tokenizer(), settings, None)(pairs)[0].to_pylist()
    held = {row["id"] for row in rows if row["held"]}
    assert 150 < len(held) < 250
    assert {str(int(id) ^ 1) for id in held} == held, "both pairs of a document"
    plain = {row["id"] for row in rows if row["plain"]}
    assert 300 < len(plain) < 420, "a fifth of the 1,800 that are trained on"
    assert plain & held == set()
    assert len(rows) == 2000 + len(plain)
    assert {row["prompt"] for row in rows if row["plain"]} == {1}
