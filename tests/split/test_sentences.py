"""Sentences of English, Japanese and Chinese texts that were cut by hand."""

import pytest

from secondhalf.split.sentences import sentence_boundaries
from support.pieces import pieces


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
    assert pieces(sentence_boundaries, text) == expected


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
    assert pieces(sentence_boundaries, "".join(expected)) == expected


def test_chinese_sentences() -> None:
    assert pieces(sentence_boundaries, "中文没有空格。他们去学校？对！") == ["中文没有空格。", "他们去学校？", "对！"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He left.  \n\nA new one", ["He left.", "A new one"]),
        ("no stop at all", ["no stop at all"]),
        ("Wait... what? Yes.", ["Wait... what?", "Yes."]),
        ("「閉じた。」（開いた。次。", ["「閉じた。」", "（開いた。", "次。"]),
        ("「『「一。」二。』三。」四。", ["「『「一。」二。』三。」", "四。"]),
        ("『「一。』二。」三。", ["『「一。』", "二。」", "三。"]),
        ("「」』一。「二。", ["「」』一。", "「二。"]),
        ("  1. One. 2. Two.\n   3. Three.", ["1. One.", "2. Two.", "3. Three."]),
    ],
)
def test_ends_that_are_easily_missed(text: str, expected: list[str]) -> None:
    assert pieces(sentence_boundaries, text) == expected


def test_boundaries_count_sentences() -> None:
    assert sentence_boundaries("One. Two.  ") == [(4, 1), (9, 2)]
    assert sentence_boundaries("") == [(0, 1)]
