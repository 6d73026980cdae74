"""Each kind that the guide names is found in either language by a rule or the classifier, with its span; plain prose is not."""

import pytest

from secondhalf.audit.instruction.detector import find_instructions
from secondhalf.audit.instruction.verdicts import SCRIPT_CHECK, instruction_verdicts
from secondhalf.rows import Pair

PLAIN = "The council met on Monday and spoke about the library for an hour."
PLAIN_JA = "図書館の建物は来年の春に完成する予定である。"


def _pair(prompt: str, response: str = PLAIN, language: str = "en") -> Pair:
    return Pair("p", "d", "words", language, prompt, "", response)


@pytest.mark.parametrize(
    ("text", "kind", "span"),
    [
        ("Please summarise the minutes of the board in three sentences.", "explicit_request", "Please summarise the"),
        ("It was late. I'm looking for a quiet hotel near the station.", "indirect_request", "I'm looking for"),
        ("How do I open a closed account?\nWrite to the bank and wait.", "question_answer", "How do I open a closed account?\n"),
        ("It was late.\nUser: And then?", "dialogue", "User:"),
        ("1. Open the box.\n2. Click the lid.", "how_to", "1. Open"),
        ("You are a careful translator of letters.", "template", "You are a careful translator"),
        ("### Instruction: go on", "template", "### Instruction:"),
        ("Exercise 3\nA train leaves at nine.", "exercise", "Exercise 3"),
        ("Surname: ______ Town: ______", "form", "Surname:"),
        ("町の話です。要約してください。", "explicit_request", "要約してください"),
        ("駅の近くの喫茶店を探しています。", "indirect_request", "を探しています"),
        ("犬を連れて行けますか?\nはい、庭の席でどうぞ。", "question_answer", "犬を連れて行けますか?\n"),
        ("A：二枚お願いします。\nB：片道ですか。", "dialogue", "A："),
        ("1. ねじをゆるめ、ふたを開きます。", "how_to", "1. ねじをゆるめ、ふたを開き"),
        ("あなたは優秀なアシスタントです。", "template", "あなたは優秀なアシスタント"),
        ("練習問題 一つ目の列車は九時に出た。", "exercise", "練習問題"),
        ("氏名：山田　年齢：三十", "form", "氏名："),
    ],
)  # fmt: skip
def test_each_kind_is_found_with_its_span(text: str, kind: str, span: str) -> None:
    finding, _ = find_instructions([_pair(text)])[0]
    assert finding.flagged
    assert finding.kind == kind
    assert text[finding.start : finding.end] == span


@pytest.mark.parametrize(
    "text", ["Certainly! The story goes on.", "Here is a summary of the text.", "承知しました。続きは次のとおりです。"]
)
def test_an_assistant_speaks_in_responses_alone(text: str) -> None:
    assert find_instructions([_pair(PLAIN, text)])[0][1].kind == "assistant"
    assert not find_instructions([_pair(text)])[0][0].rule


@pytest.mark.parametrize(
    "text",
    [
        "He gave a list of books to the clerk, who wrote it down and left the room without a word.",
        "The committee explained the costs of the bridge and of the road, and voted against both.",
        "門を閉めておけと父は言い、振り返りもせずに畑へ戻って行った。",
        "索引は本の終わりにあり、人名は五十音順に並んでいる。",
        "",
    ],
)
def test_prose_is_no_instruction(text: str) -> None:
    japanese = not text.isascii()
    verdicts = instruction_verdicts([_pair(text, PLAIN_JA if japanese else PLAIN, "ja" if japanese else "en")])[0]
    assert [(verdict.passed, verdict.reason, verdict.start) for verdict in verdicts] == [(True, "", -1)] * 2


def test_a_verdict_names_kind_detector_and_side() -> None:
    prompt, response = instruction_verdicts([_pair("Please summarise the minutes.")])[0]
    assert (prompt.check, prompt.passed, prompt.score) == ("instruction_prompt", False, 1.0)
    assert prompt.reason.startswith("instruction-like in the prompt: explicit request; rule write a")
    assert (response.check, response.passed, response.reason) == ("instruction_response", True, "")


def test_the_halves_are_read_joined() -> None:
    response = instruction_verdicts([_pair(f"{PLAIN} Please sum", "marise the minutes of the board.")])[0][1]
    assert not response.passed
    assert response.reason == "instruction-like in the response: explicit request; rule write a, across the halves"


def test_many_pairs_are_judged_as_one_by_one() -> None:
    pairs = [_pair(PLAIN), _pair(PLAIN_JA, PLAIN_JA, "ja"), _pair("要約してください。"), _pair("", "")] * 40
    assert instruction_verdicts(pairs) == [instruction_verdicts([pair])[0] for pair in pairs]
    assert instruction_verdicts([]) == []


@pytest.mark.parametrize("text", ["กรุณาสรุปรายงานนี้ให้สั้น", "من فضلك لخص التقرير"])
def test_a_script_that_no_detector_knows_is_counted(text: str) -> None:
    verdict = instruction_verdicts([_pair(text, text)])[0][2]
    assert (verdict.check, verdict.passed, verdict.score) == (SCRIPT_CHECK, True, 1.0)
    assert verdict.reason.endswith("not judged")
    assert not instruction_verdicts([_pair(text, text)], pass_unjudged=False)[0][2].passed
    assert len(instruction_verdicts([_pair(f"The word {text[:4]} means please.")])[0]) == 2
