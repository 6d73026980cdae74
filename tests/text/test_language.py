"""Which texts have no spaces between words, how long they are, and which language they are in."""

import pytest

from secondhalf.text.language import count_words, detect, is_spaceless, spaceless_share, word_spans


def test_the_share_of_scripts_without_spaces() -> None:
    assert spaceless_share("ab 漢字 ｶﾅ") == pytest.approx(4 / 6)
    assert spaceless_share("한국어 texts") == 0.0
    assert spaceless_share(" \n") == 0.0
    assert [is_spaceless(text) for text in ("日本語", "abcdefg日本語", "abcdef日本語", "")] == [
        True,
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("two  words\n", [(0, 3), (5, 10)]),
        ("猫 だ。", [(0, 1), (2, 3), (3, 4)]),
        ("", []),
    ],
)
def test_words_are_runs_or_single_characters(text: str, spans: list[tuple[int, int]]) -> None:
    assert word_spans(text) == spans
    assert count_words(text) == len(spans)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The town council met on Monday evening to discuss the new library.", "en"),
        ("町の図書館は来年の春に新しい建物へ移る予定です。", "ja"),
        ("市图书馆计划明年春天搬到车站前的新楼。", "zh"),
        ("Der Rat der Stadt traf sich am Montag, um über die Bücherei zu sprechen.", "de"),
    ],
)
def test_languages(text: str, code: str) -> None:
    detected, confidence = detect(text)
    assert detected == code
    assert 0.5 < confidence <= 1.01  # the model's own rounding


def test_a_text_without_letters_has_no_language() -> None:
    assert detect("12 + 34 = …\n") == ("", 0.0)
    assert detect("") == ("", 0.0)


ENGLISH = "The town council met on Monday evening to discuss the new library.\n"
JAPANESE = "町の図書館は来年の春に新しい建物へ移る予定です。\n市民の意見を聞く会が開かれました。\n"


@pytest.mark.parametrize(("text", "code"), [(ENGLISH * 5 + JAPANESE * 200, "ja"), (JAPANESE * 5 + ENGLISH * 200, "en")])
def test_a_long_text_is_read_beyond_its_beginning(text: str, code: str) -> None:
    assert detect(text)[0] == code


def test_newlines_and_lone_surrogates_do_no_harm() -> None:
    assert detect(ENGLISH.replace(" ", "\n"))[0] == "en"
    assert detect(JAPANESE.replace("。", "。\r\n\n") + "\ud800")[0] == "ja"
    assert detect("\n \n")[0] == ""
