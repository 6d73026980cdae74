"""A pair as a row of each form, and which pairs a form cannot say."""

from dataclasses import asdict, replace

import pytest

from secondhalf.commands.arguments.parser import parse
from secondhalf.publish.forms import FORMS, UNFINISHED, WITHOUT_PROMPT, WITHOUT_TEXT, left_out, row_of
from secondhalf.rows import Pair

PAIR = Pair("d-0", "d", "words", "ja", " 川は\n", "流れる。", "海へ。 ", "teacher", "stop", 2, 3)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("messages", {"messages": [{"role": "user", "content": "川は"}, {"role": "assistant", "content": "海へ。"}]}),
        ("sharegpt", {"conversations": [{"from": "human", "value": "川は"}, {"from": "gpt", "value": "海へ。"}]}),
        ("alpaca", {"instruction": "川は", "input": "", "output": "海へ。"}),
        ("prompt-completion", {"prompt": [{"role": "user", "content": "川は"}], "completion": [{"role": "assistant", "content": "海へ。"}]}),
    ],
)  # fmt: skip
def test_rows(form: str, expected: dict[str, object]):
    assert row_of(form, PAIR) == {"id": "d-0", **expected}


def test_parquet_keeps_every_column_as_it_was():
    assert row_of("parquet", PAIR) == asdict(PAIR)


@pytest.mark.parametrize("form", FORMS)
def test_what_a_form_cannot_say(form: str):
    cut, bare = replace(PAIR, finish="length"), replace(PAIR, prompt=" ")
    whole = form == "parquet"
    assert left_out(form, PAIR) == ""
    assert left_out(form, cut) == ("" if whole else UNFINISHED)
    assert left_out(form, bare) == ("" if whole else WITHOUT_PROMPT)
    for odd in (replace(PAIR, response=" "), replace(PAIR, response="sea\0"), replace(PAIR, prompt="a\0b")):
        assert left_out(form, odd) == WITHOUT_TEXT


@pytest.mark.parametrize("form", FORMS)
def test_the_command_knows_every_form(form: str):
    assert parse(["data", "made", "--as", form, "--out", "x"]).form == form
