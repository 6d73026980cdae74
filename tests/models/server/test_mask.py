"""A key that a server repeats is stored and printed nowhere; words are no keys."""

import json
from base64 import b64encode

import pytest

from secondhalf.models.request import TroubleError
from secondhalf.models.server.response import read_reply
from secondhalf.text.secrets import mask_key

KEY = "sk-very+secret/1"


@pytest.mark.parametrize("form", [KEY, "sk-very%2Bsecret%2F1", b64encode(KEY.encode()).decode(), f"Bearer {KEY}"])
def test_a_key_is_blotted_out_in_every_form(form: str):
    answer = {
        "model": f"m {form}",
        "choices": [
            {
                "finish_reason": f"stop {form}",
                "message": {"content": f"It is {form}.", "reasoning_content": f"I have {form}."},
            }
        ],
    }
    reply = read_reply(json.dumps(answer).encode(), chat=True, secret=KEY)
    assert KEY not in repr(reply)
    assert repr(reply).count("[key]") == 4
    for body in (form.encode(), json.dumps({"choices": form}).encode(), b"<html>" + form.encode()):
        with pytest.raises(TroubleError) as error:
            read_reply(body, chat=True, secret=KEY)
        assert "[key]" in str(error.value)
        assert KEY not in str(error.value)


@pytest.mark.parametrize("key", ["", "EMPTY", "none", "ollama", "x"])
def test_a_word_in_the_keys_place_blots_out_no_text(key: str):
    text = "The EMPTY room, none but ollama x."
    answer = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
    assert read_reply(json.dumps(answer).encode(), chat=True, secret=key).text == text
    assert mask_key("", key) == ""


def test_a_finish_word_of_megabytes_is_cut():
    answer = {"choices": [{"message": {"content": "a"}, "finish_reason": "x" * 3_000_000}]}
    assert len(read_reply(json.dumps(answer).encode(), chat=True).finish) <= 100
