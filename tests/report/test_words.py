"""Both languages say the same things, with the same places to fill."""

import re
from pathlib import Path

import pytest

import secondhalf
from secondhalf.report.words import WORDS, fill, headed, label, reason
from secondhalf.report.words.reasons import JAPANESE
from support.report_facts import rich


def test_same_keys_in_the_same_order() -> None:
    assert list(WORDS["en"]) == list(WORDS["ja"])


@pytest.mark.parametrize("key", WORDS["en"])
def test_same_places(key: str) -> None:
    places = {
        language: [set(re.findall(r"{(\w+)}", form)) for form in words[key].split("|")]
        for language, words in WORDS.items()
    }
    assert all(one == places["en"][0] for forms in places.values() for one in forms)


def test_no_key_hides_behind_a_method() -> None:
    assert not [key for key in WORDS["en"] if hasattr(dict, key)]


def test_japanese_is_japanese() -> None:
    latin = {"entry_python", "difference_count", "between"}
    assert not [k for k, v in WORDS["ja"].items() if k not in latin and v and re.fullmatch(r"[\x00-\x7f]+", v)]


def test_fixture_words_are_known() -> None:
    facts = rich()
    for words in WORDS.values():
        for figure in [*facts.arms[0].figures, *facts.arms[0].probes]:
            assert f"figure_{figure.name}" in words
            assert f"means_{figure.name}" in words
        assert all(f"stage_{step.stage}" in words for step in facts.funnel)


def test_fill_and_labels() -> None:
    assert fill("{n} pair|{n} pairs", n="1") == "1 pair"
    assert fill("{n} pair|{n} pairs", n="1,000") == "1,000 pairs"
    assert fill("{n} ペア", n=3) == "3 ペア"
    assert fill("{name}", name="{0} {x}") == "{0} {x}"
    assert label(WORDS["en"], "figure", "margin") == "margin of the right response"
    assert headed(WORDS["en"], "figure", "margin") == "Margin of the right response"
    assert headed(WORDS["en"], "figure", "my_own") == "my_own"


@pytest.mark.parametrize(
    ("told", "japanese"),
    [
        ("too short", "短すぎる"),
        ("near-duplicate: of 3fa9", "他の文書とほぼ同一"),
        ("holds the evaluation prompt {0} <b>", "評価用プロンプト {0} <b> を含む"),
        ("instructional or conversational (turn) in the prompt", "指示や対話の表現（発言の印）を含む"),
        ("a reason of one's own", "a reason of one's own"),
    ],
)
def test_reasons_in_japanese(told: str, japanese: str) -> None:
    assert reason("ja", told) == japanese
    assert reason("en", told) == told


def test_no_reason_is_out_of_date() -> None:
    """Each is written somewhere in the package. Those put together from parts come first and are left out."""
    sources = [path for path in Path(secondhalf.__file__).parent.rglob("*.py") if path.name != "reasons.py"]
    written = "\n".join(path.read_text("utf-8") for path in sources)
    told = list(JAPANESE)
    assert not [reason for reason in told[told.index("too short") :] if reason not in written]
    assert all(re.search("[ぁ-んァ-ヶ一-龠]", words) for words in JAPANESE.values())
