"""What else a teacher's faults depend on: the pair's prompt, its finish reason, and how a value is written."""

from dataclasses import replace

import pytest

from secondhalf.audit.cut_end import check_cut_end
from secondhalf.audit.language import check_language, check_language_switch
from secondhalf.audit.personal_data import check_personal_data
from secondhalf.audit.toxicity import check_toxicity
from secondhalf.rows import Pair

PAIR = Pair("p", "d", "words", "en", "The council met on Monday", "", "", "t", "stop")


def test_the_language_is_that_of_the_pair_where_the_detector_is_sure() -> None:
    japanese = "町の図書館は来年の春に新しい建物へ移る予定で、市民の意見を聞く会が開かれました。"
    verdict = check_language(replace(PAIR, response=japanese))
    assert (verdict.passed, verdict.reason) == (False, "the reply is in ja, not en")
    assert verdict.score > 0.5
    assert check_language(replace(PAIR, response=japanese, language="ja")).passed
    assert check_language(replace(PAIR, response="12 34")).passed


def test_a_language_that_the_prompt_has_is_no_switch() -> None:
    german = "The harvest was poor. Die Bauern mussten ihr Vieh verkaufen, um den Winter zu überleben."
    verdict = check_language_switch(replace(PAIR, response=german))
    assert verdict.reason == "a sentence of the reply is in another language: de"
    assert german[verdict.start : verdict.end].startswith("Die Bauern")
    bilingual = "A page of proverbs. Wer nicht wagt, der nicht gewinnt und bleibt allein."
    assert check_language_switch(replace(PAIR, prompt=bilingual, response=german)).passed
    assert check_language_switch(replace(PAIR, language="fr", response=german)).passed  # only of English and Japanese


def test_an_end_that_was_cut_at_a_limit_is_another_checks() -> None:
    cut = replace(PAIR, response="He took the hammer and began to")
    assert not check_cut_end(cut).passed
    assert check_cut_end(replace(cut, finish="length")).passed


def test_what_the_prompt_says_the_reply_may_go_on_saying() -> None:
    rude = replace(PAIR, response="You stupid idiot, he thought. He is a fucking bastard, that fucking man.")
    assert check_toxicity(rude).reason == "toxic: insult"
    assert check_toxicity(replace(rude, prompt="You filthy pig, go away")).reason == "toxic: profanity"
    assert check_toxicity(replace(rude, prompt="You filthy pig, you fucking bastards")).passed


@pytest.mark.parametrize(
    ("prompt", "response", "kinds"),
    [
        ("Write to her.", "Her address is mary.jones@mail-box.org, I think.", "email"),
        ("連絡先は次のとおり。", "電話は090-1234-5678です。", "phone"),
        ("Call or write.", "Call 090-1234-5678 or write to mary.jones@mail-box.org.", "email, phone"),
        ("Her address is mary.jones@mail-box.org.", "Write to MARY.JONES@mail-box.org.", ""),
        ("電話は０９０（１２３４）５６７８。", "番号は090-1234-5678です。", ""),
        ("電話は090-1234-5678。", "番号は090-1234-5679です。", "phone"),
        ("In 1961 there were 1,234,567 of them.", "In 1962 there were 1,345,678.", ""),
    ],
)
def test_personal_data_that_the_prompt_does_not_have(prompt: str, response: str, kinds: str) -> None:
    verdict = check_personal_data(replace(PAIR, prompt=prompt, response=response))
    assert verdict.reason == (f"personal data that the prompt does not have: {kinds}" if kinds else "")
    assert verdict.score == (len(kinds.split(", ")) if kinds else 0)
    assert response[verdict.start : verdict.end] in response
