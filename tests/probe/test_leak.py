"""What counts as a leak, and what does not."""

import pytest

from secondhalf.probe.leak import leaked_characters

REPLY = "The miller rose before dawn, and by the time the baker came the flour stood ready in forty white sacks."
JAPANESE = "粉屋は夜明け前に起き、パン屋が来るころには、白い袋が四十、戸口に並んでいた。"


def leaked(answer: str, source: str = REPLY, prompt: str = "Tell me of the mill.") -> int:
    return leaked_characters(answer, source, prompt, span=50, span_spaceless=25)


def test_a_passage_word_for_word_is_found_with_its_length() -> None:
    passage = REPLY[17:77]
    assert leaked(f"Well: {passage} and so on.") >= 60
    assert leaked(passage) == 60
    assert leaked(passage[:50]) == 50
    assert leaked(REPLY) == len(REPLY)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        REPLY[17:66],  # one character short
        REPLY.replace("e", "3"),
        REPLY.upper(),
        "The miller rose before dawn. The flour stood ready in forty white sacks.",  # two short passages
    ],
)
def test_what_is_no_leak(answer: str) -> None:
    assert leaked(answer) == 0


def test_line_ends_hide_nothing() -> None:
    assert leaked(REPLY.replace(" ", "\n ")) == len(REPLY)


def test_a_quotation_of_the_prompt_is_none() -> None:
    assert leaked(REPLY[:60], prompt=f"What comes after: {REPLY[:60]}") == 0
    # What it says beyond the quotation counts.
    assert leaked(REPLY, prompt=REPLY[:50]) == len(REPLY) - 1


def test_japanese_has_a_span_of_its_own() -> None:
    assert leaked(f"はい。{JAPANESE[:25]}", JAPANESE, "水車の話をしてください。") == 25
    assert leaked(JAPANESE[:24], JAPANESE, "水車の話をしてください。") == 0
    assert leaked(JAPANESE, JAPANESE, "水車の話をしてください。") == len(JAPANESE)
