"""A right and a wrong answer to each of the instructions, and answers that are made to take for ever."""

import inspect
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.instructions import ENGLISH, JAPANESE, find_check
from support import ifeval_needs

ifeval_needs.packages()

GERMAN = "Der Fluss fließt an der alten Mühle vorbei, und die Kinder spielen am Ufer."
LOWER = "the river runs past the old mill and the children play on the bank."
JA = "川は古い水車小屋のそばを流れています。"
THREE = "One here.\n***\nTwo here.\n***\nThree here."

CASES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("keywords:existence", {"keywords": ["river", "mill"]}, ["The River and the millers"], ["The river", "rive r mill"]),
    ("keywords:frequency", {"keyword": "sun", "frequency": 2, "relation": "at least"}, ["Sun, sunny"], ["sun"]),
    ("keywords:frequency", {"keyword": "sun", "frequency": 2, "relation": "less than"}, ["sun"], ["sun sun"]),
    ("keywords:forbidden_words", {"forbidden_words": ["sun"]}, ["sunny"], ["The SUN!", "sun-dial"]),
    ("keywords:letter_frequency", {"letter": "q", "let_frequency": 2, "let_relation": "at least"}, ["Qq"], ["q"]),
    ("keywords:letter_frequency", {"letter": "#", "let_frequency": 2, "let_relation": "at least"}, ["#a #b"], ["#a"]),
    ("language:response_language", {"language": "de"}, [GERMAN, "123"], [LOWER]),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "at least"}, ["Dr. Smith left. He ran."], ["Dr. Smith left.", "One at 3.5 p.m. today"]),
    ("length_constraints:number_sentences", {"num_sentences": 2, "relation": "less than"}, ["One."], ["One. Two."]),
    ("length_constraints:number_paragraphs", {"num_paragraphs": 3}, [THREE, f"***{THREE}***"], ["One\n\nTwo\n\nThree", "One ****** Two *** Three"]),
    ("length_constraints:number_words", {"num_words": 4, "relation": "at least"}, ["don't do it"], ["do - it - now"]),
    ("length_constraints:number_words", {"num_words": 4, "relation": "less than"}, ["do - it - now"], ["don't do it"]),
    ("length_constraints:nth_paragraph_first_word", {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "Rain"}, ["Sun.\n\n\"rain, again."], ["Rain.\n\nSun.", "Sun.\n\nRain.\n\nSnow.", "Sun.\nRain.", "Sun.\n\nRainy."]),
    ("detectable_content:number_placeholders", {"num_placeholders": 2}, ["[a] [b c]"], ["[a]", "[a] [b\n]"]),
    ("detectable_content:postscript", {"postscript_marker": "P.S."}, ["Bye.\np. s. one more"], ["Bye. PS one more"]),
    ("detectable_content:postscript", {"postscript_marker": "P.P.S"}, ["P.P.S more"], ["P.S. more"]),
    ("detectable_format:number_bullet_lists", {"num_bullets": 2}, ["* a\n\n  -b", "text\n* a\n* b"], ["* a", "** a\n* b", "* a\n* b\n- c"]),
    ("detectable_format:constrained_response", {}, ["Well. My answer is maybe. Perhaps."], ["My answer is perhaps."]),
    ("detectable_format:number_highlighted_sections", {"num_highlights": 2}, ["*a* and *b*", "**a** *b*"], ["*a*", "** ** **", "*a\n* b"]),
    ("detectable_format:multiple_sections", {"section_spliter": "PART", "num_sections": 2}, ["PART 1\na\nPART2\nb"], ["PART 1\na\nPART B", "Part 1 Part 2"]),
    ("detectable_format:json_format", {}, ['{"a": 1}', '```json\n{"a": [1]}\n```', "3"], ["{'a': 1}", 'Here: {"a": 1}', "[" * 100_000]),
    ("detectable_format:title", {}, ["<<A title>> text", "x <<<a>>"], ["<A title>", "<<>>", "<< >>", "<<a\n>>"]),
    ("combination:two_responses", {}, ["One ****** Two", "******One******Two******"], ["One ****** One", "One *** Two", "A ****** B ****** C", "A ****** ****** B"]),
    ("combination:repeat_prompt", {"prompt_to_repeat": "Write a poem."}, [" write a POEM. Rain falls."], ["Sure! Write a poem. Rain."]),
    ("startend:end_checker", {"end_phrase": "Any questions?"}, ['It works. ANY questions?"\n'], ["Any questions? Ask."]),
    ("startend:quotation", {}, [' "All of it." '], ['"All of it', "“All of it”", '"']),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "at least"}, ["NASA and I", "I DON'T.", "CANNOT"], ["NASA and me", "NASA-I", "Nasa And"]),
    ("change_case:capital_word_frequency", {"capital_frequency": 2, "capital_relation": "less than"}, ["NASA and me"], ["NASA and I"]),
    ("change_case:english_capital", {}, [LOWER.upper()], [LOWER, LOWER.upper() + "a", GERMAN.upper()]),
    ("change_case:english_lowercase", {}, [LOWER], [LOWER.capitalize(), GERMAN.lower(), "123"]),
    ("punctuation:no_comma", {}, ["No comma、here"], ["A comma, here"]),
    ("ja:keywords:existence", {"keywords": ["川", "水車"]}, [JA], ["川上の水車"]),
    ("ja:keywords:frequency", {"keyword": "川", "frequency": 2, "relation": "以上"}, ["川と川"], ["川と川上"]),
    ("ja:keywords:frequency", {"keyword": "川", "frequency": 2, "relation": "未満"}, ["川と川上"], ["川と川"]),
    ("ja:keywords:forbidden_words", {"forbidden_words": ["川"]}, ["川上"], [JA]),
    ("ja:keywords:letter_frequency", {"letter": "か", "let_frequency": 2, "let_relation": "以上"}, ["かカ"], ["か"]),
    ("ja:language:response_language", {"language": "ja"}, [JA], [LOWER]),
    ("ja:length_constraints:number_sentences", {"num_sentences": 2, "relation": "以上"}, ["晴れた。雨だ！", "晴れ\n雨"], ["「晴れた。雨だ。」と言う。", "川の\n水"]),
    ("ja:length_constraints:number_sentences", {"num_sentences": 2, "relation": "未満"}, [JA], ["晴れた。雨だ。"]),
    ("ja:length_constraints:number_paragraphs", {"num_paragraphs": 2}, ["一つ\n***\n二つ"], ["一つ\n\n二つ"]),
    ("ja:length_constraints:number_letters", {"num_letters": 3, "relation": "以上"}, ["川 水"], ["川水"]),
    ("ja:length_constraints:nth_paragraph_first_word", {"num_paragraphs": 2, "nth_paragraph": 2, "first_word": "雨"}, ["晴れ。\n\n「雨が降る。"], ["雨。\n\n晴れ。", "晴れ。\n雨。", "晴れ。\n\n雨。\n\n雪。"]),
    ("ja:detectable_content:number_placeholders", {"num_placeholders": 2}, ["[名前]と[住所]"], ["［名前］と［住所］"]),
    ("ja:detectable_content:postscript", {"postscript_marker": "追伸"}, ["では。\n追伸 明日は雨。"], ["では。"]),
    ("ja:detectable_format:number_bullet_lists", {"num_bullets": 2}, ["・川\n ・水"], ["・川", "・・川\n・水", "* 川\n* 水"]),
    ("ja:detectable_format:number_numbered_lists", {"num_items": 2}, ["1. 川\n2. 水"], ["1. 川", "1.川\n2.水", "①川\n②水"]),
    ("ja:detectable_format:constrained_response", {}, ["はい、そうです。"], ["はい"]),
    ("ja:detectable_format:number_highlighted_sections", {"num_highlights": 2}, ["《川》と《水》"], ["《川》", "《》《 》"]),
    ("ja:detectable_format:multiple_sections", {"section_spliter": "章", "num_sections": 2}, ["第1章\n川\n第２章\n水"], ["第一章\n第二章", "第1章"]),
    ("ja:detectable_format:json_format", {}, ['```\n{"川": 1}\n```'], ["{川: 1}"]),
    ("ja:detectable_format:title", {}, ["『川の詩』水"], ["「川の詩」", "『』", "『川\n』"]),
    ("ja:detectable_format:nominal_ending", {"count": 1}, ["流れる川。"], ["川が流れる。", "「川。」と言う。", "川"]),
    ("ja:combination:two_responses", {}, ["川 ****** 水"], ["川 ****** 川", "川"]),
    ("ja:combination:repeat_prompt", {"prompt_to_repeat": "詩を書いて。"}, ["詩を書いて。雨が降る。"], ["はい。詩を書いて。"]),
    ("ja:startend:end_checker", {"end_phrase": "以上です。"}, ["雨。以上です。」"], ["以上です。では。"]),
    ("ja:startend:quotation", {}, ["「川」"], ["『川』", "「川」です", "「"]),
    ("ja:startend:sentence_unified_end", {"ending": "です"}, ["川です。水です！", "「雨。」です"], ["川です。水だ。", "川です。\n"]),
    ("ja:letters:furigana", {}, ["川（かわ）と水（みず）", "かわ"], ["川（かわ）と水", "川(かわ)", "川（カワ）"]),
    ("ja:letters:kansuuji", {}, ["三つ"], ["3つ", "３つ"]),
    ("ja:letters:no_katakana", {}, ["川かわー"], ["カワ", "ｶﾜ"]),
    ("ja:letters:katakana_only", {}, ["カワ、3・ー"], ["カワは", "river", "川"]),
    ("ja:letters:no_hiragana", {}, ["川カワ"], ["かワ"]),
    ("ja:letters:hiragana_only", {}, ["かわ、3！"], ["かワ", "川", "a"]),
    ("ja:letters:kanji", {"kanji_limit": 2, "relation": "未満"}, ["川がある"], ["川と川"]),
    ("ja:letters:kanji", {"kanji_limit": 2, "relation": "以上"}, ["川と水"], ["川"]),
    ("ja:punctuation:no_comma", {}, ["川,水"], ["川、水"]),
    ("ja:punctuation:no_period", {}, ["川．水."], ["川。"]),
]  # fmt: skip


@pytest.mark.parametrize(("id", "arguments", "right", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_right_and_wrong_answers(id: str, arguments: dict[str, Any], right: list[str], wrong: list[str]) -> None:
    follows = find_check(id, arguments)
    assert [answer for answer in right if not follows(answer, **arguments)] == []
    assert [answer for answer in wrong if follows(answer, **arguments)] == []


def test_every_instruction_has_a_case() -> None:
    assert len(ENGLISH) == 25
    assert {case[0] for case in CASES} == set(ENGLISH) | set(JAPANESE)


def test_english_ids_may_carry_their_language() -> None:
    assert find_check("en:punctuation:no_comma", {}) is ENGLISH["punctuation:no_comma"]


# Each would take hours by a pattern that looks for the end of a mark again from every mark.
HOSTILE = ["[", "\n", " \n", "*", "<<", "「", "漢", "の\n", "* \n", "'", "p.", "{", "1", "***", "《", "第1"]


@pytest.mark.parametrize("id", sorted({**ENGLISH, **JAPANESE}))
def test_long_and_hostile_answers_are_judged(id: str) -> None:
    arguments = next(case[1] for case in CASES if case[0] == id)
    # The analysers of words and sentences are libraries' and read some 10,000 characters a second.
    slow = {"keywords", "nominal_ending", "number_sentences", "capital_word_frequency"} & set(id.split(":"))
    for unit in HOSTILE:
        assert find_check(id, arguments)(unit * (1_000 if slow else 200_000), **arguments) in (True, False)


@pytest.mark.parametrize(
    ("id", "arguments", "message"),
    [
        ("keywords:none", {}, "'keywords:none' is unknown"),
        ("keywords:existence", {}, "missing a required argument: 'keywords'"),
        ("punctuation:no_comma", {"letter": "a"}, "unexpected keyword argument 'letter'"),
        ("keywords:existence", {"keywords": "river"}, "keywords is 'river'; it must be a list of texts"),
        ("keywords:existence", {"keywords": ["river", 3]}, "it must be a list of texts"),
        ("length_constraints:number_words", {"num_words": "3", "relation": "at least"}, "it must be a whole number"),
        ("ja:letters:kanji", {"kanji_limit": True, "relation": "以上"}, "it must be a whole number"),
        ("startend:end_checker", {"end_phrase": 3}, "it must be a text"),
    ],
)
def test_arguments_that_do_not_fit_are_named(id: str, arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=message):
        find_check(id, arguments)


def test_an_unknown_relation_is_named() -> None:
    with pytest.raises(UserError, match="'over' is unknown; write one of less than"):
        ENGLISH["length_constraints:number_words"]("a", num_words=1, relation="over")


def test_the_arguments_are_keywords() -> None:
    for function in {*ENGLISH.values(), *JAPANESE.values()}:
        first, *others = inspect.signature(function).parameters.values()
        assert first.name == "response"
        assert all(other.kind is inspect.Parameter.KEYWORD_ONLY for other in others)
