"""Every kind of check with answers that pass and that fail, in both languages; the guards; and wrong checks."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from secondhalf.errors import UserError
from secondhalf.evaluate.everyday.checks import run_checks, share_passed
from secondhalf.evaluate.everyday.checks.fold import occurrences
from secondhalf.evaluate.everyday.checks.kinds import KINDS
from secondhalf.evaluate.everyday.prompts import EverydayPrompt


def prompt(
    *checks: dict[str, Any], text: str = "Please write something about a subject that you like."
) -> EverydayPrompt:
    return EverydayPrompt("en-1", "en", "test", text, checks, "good")


KNOWN: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "length", "unit": "words", "min": 3, "max": 3}, "one - two three", "one two"),
    ({"kind": "length", "unit": "characters", "max": 5}, "春が 来た。", "春が来ました。"),
    ({"kind": "length", "unit": "characters", "min": 4, "max": 4}, "ｶﾞｶﾞｶﾞ。", "ガガ。"),
    ({"kind": "sentences", "min": 2, "max": 2}, "It is 3.5 km. Mr. Hall walks", "One. Two. Three."),
    ({"kind": "sentences", "min": 2, "max": 2}, "雨だ。傘はある？", "「はい。」と言った。"),
    ({"kind": "count", "of": "items", "min": 3, "max": 3}, "Here:\n- a\n* b\n2) c", "- a\n- b"),
    ({"kind": "count", "of": "items", "min": 2, "max": 2}, "・春\n１．夏", "春\n夏"),
    ({"kind": "count", "of": "lines", "min": 2, "max": 2}, "a\n\nb", "a b"),
    ({"kind": "count", "of": "paragraphs", "min": 2, "max": 2}, "a\nb\n \nc", "a\nb"),
    ({"kind": "count", "of": "parts", "min": 3, "max": 3}, "春、夏、秋。", "春と夏"),
    ({"kind": "count", "of": "text", "text_of": "old", "min": 2, "max": 2}, "Old, old and golden", "old and golden"),
    ({"kind": "count", "of": "text", "text_of": "?", "max": 1}, "なに？", "なに？だれ?"),
    ({"kind": "keyword", "any": ["cat"]}, "Two CATS.", "A category."),
    ({"kind": "keyword", "any": ["bak*"]}, "She was baking.", "She was cooking."),
    ({"kind": "keyword", "any": ["リンゴ"]}, "りんごです", "みかんです"),
    ({"kind": "keyword", "any": ["りんご"]}, "ﾘﾝｺﾞです", "梨です"),
    ({"kind": "keyword", "any": ["12"]}, "１２か月", "120 days"),
    ({"kind": "keyword", "any": ["don't"]}, "I don’t", "I do"),
    ({"kind": "keyword", "all": ["sea", "sun"]}, "sun and sea", "sun only"),
    ({"kind": "keyword", "any": ["a", "b", "c"], "least": 2}, "b, a", "b, b"),
    ({"kind": "without", "words": ["rain"]}, "A brainy training.", "Rain again."),
    ({"kind": "without", "words": ["楽し*"]}, "うれしい", "楽しかった"),
    ({"kind": "start", "any": ["First"]}, '"first, sit', "Firstly, sit"),
    ({"kind": "start", "any": ["まず"]}, "「まず、", "次に、まず"),
    ({"kind": "ending", "any": ["Love, Anna"]}, "Bye! Love,\nAnna.", "Love, Anna and Tom"),
    ({"kind": "ending", "any": ["?"]}, "本当ですか？」", "本当ですか。"),
    ({"kind": "ending", "any": ["お元気で"]}, "どうぞお元気で。", "お元気ですか。"),
    ({"kind": "ending", "any": ["です。"]}, "春です。", "春です"),
    ({"kind": "language", "language": "ja"}, "これは日本語の文です。", "This is an English sentence."),
    ({"kind": "language", "language": "en"}, "This is an English sentence.", "これは日本語の文です。"),
    ({"kind": "format", "form": "bullets"}, "Fruit:\n- a\n- b", "- a\nand\n- b"),
    ({"kind": "format", "form": "bullets"}, "・春\n・夏", "- only one"),
    ({"kind": "format", "form": "numbered"}, "1. a\n2) b", "1.5 kg\n2.5 kg"),
    ({"kind": "format", "form": "numbered"}, "１．春\n２．夏", "春\n夏"),
    ({"kind": "format", "form": "single_line"}, "\na b\n", "a\nb"),
    ({"kind": "format", "form": "json", "keys": ["name"]}, '```json\n{"name": 1}\n```', '{"names": 1}'),
    ({"kind": "format", "form": "json"}, "{}", "[1]"),
    ({"kind": "format", "form": "lowercase"}, "small words", "Small words"),
    ({"kind": "format", "form": "uppercase"}, "LOUD!", "LOUd!"),
    ({"kind": "format", "form": "hiragana"}, "はるが きた。", "ハルがきた。"),
    ({"kind": "format", "form": "quoted"}, "“Hi there”", 'He said "hi"'),
    ({"kind": "format", "form": "quoted"}, "「春の庭」", "題は「春の庭」"),
    ({"kind": "format", "form": "title_line"}, "お知らせ\n休みです。", "お知らせです。\n休みです。"),
    ({"kind": "format", "form": "label_lines"}, "店員：はい\n客：どうも", "店員がはいと言う\n客：どうも"),
]


@pytest.mark.parametrize(("check", "right", "wrong"), KNOWN)
def test_known_answers(check: dict[str, Any], right: str, wrong: str) -> None:
    args = {name: value for name, value in check.items() if name != "kind"}
    assert KINDS[check["kind"]](right, **args)[0]
    passed, _, reason = KINDS[check["kind"]](wrong, **args)
    assert not passed
    assert reason


def test_every_kind_has_known_answers() -> None:
    assert {check["kind"] for check, _, _ in KNOWN} == set(KINDS)


def test_verdicts_name_the_prompt_the_check_and_the_reason() -> None:
    item = prompt({"kind": "length", "unit": "words", "max": 2}, {"kind": "keyword", "any": ["sea"]})
    verdicts = run_checks(item, "the wide sea")
    assert [v.check for v in verdicts] == ["empty", "echo", "loop", "length", "keyword"]
    assert {v.id for v in verdicts} == {"en-1"}
    assert [v.passed for v in verdicts] == [True, True, True, False, True]
    assert verdicts[3].reason == "3 words, wanted to 2"
    assert verdicts[3].score == 3
    assert share_passed(item, "the wide sea") < 1
    assert share_passed(item, "wide sea") == 1


@pytest.mark.parametrize(
    ("answer", "guard"),
    [
        ("", "empty"),
        ("\u3000\n...", "empty"),
        ("Please write something about a subject that you like!", "echo"),
        ("Sure: PLEASE WRITE something about a subject that you like", "echo"),
        ("no no no no no no no no no", "loop"),
        ("はいはいはいはいはいはいはいはいはいはい", "loop"),
    ],
)
def test_a_guard_fails_every_check(answer: str, guard: str) -> None:
    item = prompt({"kind": "without", "words": ["rain"]}, {"kind": "length", "unit": "words", "max": 99})
    verdicts = run_checks(item, answer)
    assert [v.check for v in verdicts if v.check in ("empty", "echo", "loop") and not v.passed] == [guard]
    assert not any(v.passed for v in verdicts if v.check in ("without", "length"))
    assert share_passed(item, answer) < 1


def test_a_failed_guard_fails_a_prompt_without_checks() -> None:
    assert share_passed(prompt(), "Fine.") == 1
    assert share_passed(prompt(), "") < 1


@pytest.mark.parametrize(
    ("check", "message"),
    [
        ({"kind": "spelling"}, "'spelling' is unknown"),
        ({}, "None is unknown"),
        ({"kind": "length", "unit": "words", "most": 3}, "most"),
        ({"kind": "length", "min": 3}, "unit"),
        ({"kind": "length", "unit": "bytes", "min": 3}, "words or characters"),
        ({"kind": "length", "unit": "words"}, "neither min nor max"),
        ({"kind": "sentences"}, "neither min nor max"),
        ({"kind": "count", "of": "cats", "min": 1}, "'cats' is unknown"),
        ({"kind": "count", "of": "text", "min": 1}, "text_of"),
        ({"kind": "count", "of": "lines", "text_of": "a", "min": 1}, "text_of"),
        ({"kind": "keyword"}, "both missing"),
        ({"kind": "keyword", "any": "cat"}, "any is 'cat': Input should be a valid list"),
        ({"kind": "keyword", "any": ["a"], "least": "1"}, "least is '1': Input should be a valid integer"),
        ({"kind": "length", "unit": "words", "max": True}, "max is True: Input should be a valid integer"),
        ({"kind": ["length"]}, r"\['length'\] is unknown"),
        ({"kind": "without", "words": []}, "no list of texts"),
        ({"kind": "start", "any": [" "]}, "no list of texts"),
        ({"kind": "ending", "any": [3]}, "any is .*: Input should be a valid string"),
        ({"kind": "format", "form": "table"}, "'table' is unknown"),
        ({"kind": "format", "form": "bullets", "keys": ["a"]}, "json alone"),
    ],
)
def test_a_wrong_check_is_named(check: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message) as raised:
        run_checks(prompt(check), "Some answer")
    assert str(raised.value).startswith("en-1: ")


@pytest.mark.parametrize(
    ("text", "keyword", "times"),
    [
        ("a.c abc", "a.c", 1),
        ("Boxes and a box", "box", 2),
        ("猫と猫", "猫", 2),
        ("art, start", "art", 1),
        ("eee", "e", 0),
    ],
)
def test_occurrences(text: str, keyword: str, times: int) -> None:
    assert occurrences(text, keyword) == times


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gets_a_verdict(answer: str) -> None:
    checks = [check for check, _, _ in KNOWN]
    assert len(run_checks(prompt(*checks), answer)) == len(checks) + 3
