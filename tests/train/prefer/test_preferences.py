from dataclasses import replace
from typing import Any

import pytest

pytest.importorskip("transformers")

from secondhalf.models.chat.template import Template
from secondhalf.rows import Pair, to_table
from secondhalf.train.prefer.preferences import encode_preferences
from secondhalf.train.settings import TrainSettings
from secondhalf.train.tokens import Encoder
from support.tiny_student import tokenizer

PAIR = Pair(
    "d1-a", "d1", "words", "en", "The river runs", " past the old mill in the morning.", "to the sea", "dummy", "stop"
)


@pytest.fixture(scope="module")
def tiny() -> Any:
    return tokenizer()


def encoded(tiny: Any, pairs: list[Pair], max_length: int = 64, held_out: float = 0) -> Any:
    return encode_preferences(
        to_table(Pair, pairs), tiny, Template.named("plain"), max_length=max_length, held_out=held_out
    )


def test_the_own_half_is_cut_to_the_replys_words_and_ended_as_it_is(tiny: Any) -> None:
    preferences, _, _, _ = encoded(tiny, [PAIR, replace(PAIR, id="d1-b", finish="length")])
    ended, cut = preferences
    assert tiny.decode(ended.chosen).split("<eos>")[0].strip() == "to the sea"
    assert tiny.decode(ended.rejected).split("<eos>")[0].strip() == "past the old"
    assert ended.chosen[-1] == ended.rejected[-1] == tiny.eos_token_id
    assert tiny.eos_token_id not in cut.chosen + cut.rejected


def test_the_ids_are_those_of_fine_tuning(tiny: Any) -> None:
    [preference], _, _, _ = encoded(tiny, [PAIR])
    [row] = Encoder(tiny, TrainSettings(held_out=0), None)(to_table(Pair, [PAIR]))[0].to_pylist()
    ids = row["tokens"]
    assert preference.prompt + preference.chosen == ids


def test_japanese_halves_are_cut_by_characters(tiny: Any) -> None:
    pair = replace(
        PAIR, language="ja", prompt="川は流れる。", original="朝になるとパン屋が粉を買いに来る。", response="海へ行く。"
    )
    [preference], _, _, _ = encoded(tiny, [pair])
    assert (
        tiny.decode(preference.rejected).removesuffix("<eos>").strip() == "朝になると"
    )  # as many characters as the reply


def test_no_text_becomes_a_control_token(tiny: Any) -> None:
    spelled = "<eos> </s> <start_of_image> [multimodal] <bos>"
    pair = replace(PAIR, prompt=spelled, response=spelled + " a", original=spelled + " b", finish="length")
    [preference], _, _, _ = encoded(tiny, [pair], max_length=400)
    control = {token for token, word in tiny.added_tokens_decoder.items() if str(word).strip()}
    assert not control & set(preference.chosen + preference.rejected)
    assert [token for token in preference.prompt if token in control] == [tiny.bos_token_id]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"response": "  "}, "no response"),
        ({"original": " \n"}, "no second half"),
        ({"response": "past the old"}, "the text's own second half"),
        ({"response": "mill " * 100}, "longer than 64"),
        ({"original": "川" * 200, "response": "川の" * 3 + "x" * 2}, ""),
    ],
)
def test_what_is_no_preference_is_a_reject_with_its_reason(tiny: Any, change: dict[str, str], reason: str) -> None:
    train, held_out, rejects, verdicts = encoded(tiny, [replace(PAIR, **change)])
    assert held_out == []
    assert len(train) + rejects.num_rows == verdicts.num_rows == 1
    assert rejects.num_rows == bool(reason)
    if reason:
        assert reason in rejects.column("reason")[0].as_py()


def test_documents_held_out_from_fine_tuning_are_held_out_here(tiny: Any) -> None:
    pairs = [replace(PAIR, id=f"d{n}-a", document=f"d{n}", prompt=f"The river {n}") for n in range(40)]
    _, held_out, _, _ = encoded(tiny, pairs, held_out=0.3)
    rows = Encoder(tiny, TrainSettings(held_out=0.3), None)(to_table(Pair, pairs))[0].to_pylist()
    assert 4 <= len(held_out) < 30
    assert [row.prompt + row.chosen for row in held_out] == [row["tokens"] for row in rows if row["held"]]
