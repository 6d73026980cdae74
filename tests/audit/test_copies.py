"""Copies of the prompt, and of the original, however they are written."""

from dataclasses import replace

import pytest

from secondhalf.audit.copies import check_echo, check_memorised
from secondhalf.rows import Pair

ORIGINAL = (
    "The old mill stood at the end of the well-known road, and nobody in the village could remember a time when its "
    "wheel had not turned in the autumn rain."
)
JA = (
    "古い水車小屋は川沿いの道の終わりに立っており、秋の雨の中で車輪が回らなかった時を覚えている人は村に誰もいなかった。"
)
PAIR = Pair("p", "d", "words", "en", "a b c d e f", ORIGINAL, "", "t", "stop")


def test_an_echo_by_its_share() -> None:
    half = replace(PAIR, response="a b c d e x")  # of three runs of four two stand in the prompt
    assert check_echo(half, 0.5).score == pytest.approx(2 / 3)
    assert not check_echo(half, 0.5).passed
    assert check_echo(half, 0.7).passed
    assert check_echo(replace(PAIR, response="a b"), 0.0).passed
    japanese = replace(PAIR, prompt="町の図書館は来年移る。", response="町の図書館は来年移るのだ。")
    assert check_echo(japanese, 0.5).reason == "the reply copies the prompt"


@pytest.mark.parametrize(
    "response",
    [
        ORIGINAL,
        ORIGINAL.upper(),
        ORIGINAL.replace(" ", "\n"),
        ORIGINAL.replace("well-known", "well-\nknown"),
        ORIGINAL.replace("remember", "remem-\n  ber"),
        ORIGINAL.replace(",", " --").replace(".", "!"),
        "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else "\u3000" for c in ORIGINAL),
        ORIGINAL.replace("o", "o\u200b"),
        f"She began at last. “{ORIGINAL}” And so on.",
    ],
    ids=["as is", "case", "wraps", "compound at a wrap", "word at a wrap", "punctuation", "width", "unseen", "quoted"],
)
def test_a_recited_original_is_seen(response: str) -> None:
    verdict = check_memorised(replace(PAIR, response=response), 15, 30)
    assert not verdict.passed
    assert verdict.score >= 18
    assert response[verdict.start : verdict.end][-4:].strip("\u3000 ").lower() in ("rain", "ｒａｉｎ")


def test_the_limit_is_in_words_and_in_characters() -> None:
    run = " ".join(ORIGINAL.split()[:9])
    pair = replace(PAIR, response=f"Later {run} of stones")
    assert [check_memorised(pair, words, 1000).passed for words in (9, 10)] == [False, True]
    assert check_memorised(pair, 9, 1000).reason == "the reply recites the original: 9 words on end"
    japanese = replace(PAIR, original=JA, response=f"そして{JA[:20]}水だった。")
    assert [check_memorised(japanese, 1, characters).passed for characters in (20, 21)] == [False, True]
    assert check_memorised(japanese, 1, 20).reason == "the reply recites the original: 20 characters on end"


def test_everyday_phrases_are_not_recited() -> None:
    pair = replace(PAIR, response="At the end of the road nobody could remember a time when it rained.")
    verdict = check_memorised(pair, 15, 30)
    assert (verdict.passed, verdict.score) == (True, 0.0)
