"""Each rule on an English and a Japanese text that was cut by hand."""

from collections.abc import Callable

import pytest

from secondhalf.split.rules import Boundaries, paragraphs, words
from secondhalf.split.sentences import sentences
from secondhalf.split.stage import RULES


def pieces(rule: Callable[[str], Boundaries], text: str) -> list[str]:
    """The text between one boundary and the next, without the white space around it."""
    offsets = [offset for offset, _ in rule(text)]
    return [text[a:b].strip() for a, b in zip([0, *offsets], offsets, strict=False)]


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
@pytest.mark.parametrize("text", ["One two. Three four!\n\nFive.  ", "一つ目。二つ目！\n\n三つ目。\u3000"])
def test_boundaries_rise_and_end_with_the_text(rule: Callable[[str], Boundaries], text: str) -> None:
    found = rule(text)
    assert found == sorted(set(found))
    assert found[-1][0] == len(text.rstrip())
    assert all(not text[offset - 1].isspace() for offset, _ in found)


def test_words_are_characters_in_japanese() -> None:
    assert words("two words here") == [(3, 1), (9, 2), (14, 3)]
    assert words("猫が好き。") == [(1, 1), (2, 2), (3, 3), (4, 4), (5, 5)]


def test_english_sentences() -> None:
    expected = [
        "Dr. Smith met Mr. J. R. Jones at 5.30 p.m. on Jan. 5, e.g. for tea.",
        '"Is it so?" he asked.',
        "Prices rose 3.5 percent... and fell again!",
        "See Fig. 2 and No. 7 of the U.S. edition.",
        "I can't.",
        "He said no.",
        "Then they left (it was late.)",
        "The end came",
        "A title without a stop",
        "1. First we cook.",
        "2. Then we eat.",
    ]
    text = " ".join(expected[:8]) + "\n\n" + expected[8] + "\n\n" + expected[9] + "\n" + expected[10]
    assert pieces(sentences, text) == expected


def test_japanese_sentences() -> None:
    expected = [
        "吾輩は猫である。",
        "名前はまだ無い。",
        "「どこで生れたか。見当がつかぬ。」と言った。",
        "事だけは記憶している！",
        "「そうか。」",
        "彼は円周率は３．１４だと考えた．",
        "次の文（注。補足。）も続く。",
        "開いたままの「括弧。",
        "それでも終わる。",
        "最後",
    ]
    assert pieces(sentences, "".join(expected)) == expected


def test_chinese_sentences() -> None:
    assert pieces(sentences, "中文没有空格。他们去学校？对！") == ["中文没有空格。", "他们去学校？", "对！"]


def test_paragraphs_are_parted_by_blank_lines_or_else_by_lines() -> None:
    assert pieces(paragraphs, "one\ntwo\r\n \r\nthree\n\n\nfour\n") == ["one\ntwo", "three", "four"]
    assert pieces(paragraphs, "一行目。\n二行目。\r\n三行目。") == ["一行目。", "二行目。", "三行目。"]
    assert pieces(paragraphs, "one\u2029two") == ["one", "two"]


@pytest.mark.parametrize("hostile", [".", "。", "「", ". ", "1. A ", "「」", "a.b.", "\n", "Mr. A"])
def test_a_text_of_one_thing_is_still_quick(hostile: str) -> None:
    # Quadratic work on 200,000 characters would take minutes.
    text = hostile * (200_000 // len(hostile)) + "x"
    for rule in RULES.values():
        assert rule(text)[-1][0] == len(text)
