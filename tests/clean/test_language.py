"""Languages that are not allowed, and patchworks of scripts, are refused."""

import pytest

from secondhalf.clean.language import LanguageSettings, check_language, main_script_share
from secondhalf.rows import Document

ENGLISH = "The town council met on Monday evening to discuss the new library.\n"
JAPANESE = "町の図書館は来年の春に新しい建物へ移る予定です。\n市民の意見を聞く会が開かれました。\n"
RUSSIAN = "Городской совет собрался в понедельник вечером.\n"
ARABIC = "اجتمع مجلس المدينة مساء الاثنين لمناقشة المكتبة.\n"
KOREAN = "시의회는 월요일 저녁에 새 도서관을 논의했다.\n"


def _run(text: str, **settings):
    code, verdicts = check_language(Document("d", text, "test"), LanguageSettings(**settings))
    return code, {verdict.check: verdict for verdict in verdicts}


def test_languages_by_what_is_allowed():
    code, verdicts = _run(JAPANESE, allowed=["ja", "en"])
    assert code == "ja"
    assert all(verdict.passed for verdict in verdicts.values())
    assert (
        _run(JAPANESE, allowed=["en"])[1]["language"].reason
        == "language not allowed: ja, not of en (clean.language.allowed)"
    )
    assert _run(JAPANESE, min_confidence=1)[1]["language"].reason.partition(":")[0] in {"", "language not clear"}
    assert _run("12 34", min_confidence=0.1)[1]["language"].reason.startswith("language not clear: ")


@pytest.mark.parametrize(
    "text",
    [
        ENGLISH,
        JAPANESE + "PythonのNumPyとpandasを使って、CSVファイルを読み込みます。",
        RUSSIAN,
        ARABIC,
        KOREAN,
        "The word for library is 図書館. " + ENGLISH,
        "12 34",
        "",
    ],
)
def test_one_script_with_words_of_another(text: str):
    assert _run(text)[1]["scripts"].passed


def test_a_patchwork_of_scripts_is_refused():
    verdict = _run(ENGLISH + RUSSIAN + ARABIC + KOREAN + JAPANESE)[1]["scripts"]
    assert (verdict.passed, verdict.reason.partition(":")[0]) == (False, "many scripts in one text")
    assert 0.2 < verdict.score < 0.5


def test_shares_by_hand():
    assert main_script_share("abc д") == 0.75
    assert main_script_share("漢字かなカナｶﾅ〆 abcd") == pytest.approx(8 / 12)
    assert main_script_share("𠮷野\U0010fffd a") == pytest.approx(2 / 3)
