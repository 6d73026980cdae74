"""Every filter's refusal says what was measured, the limit and the field of the recipe that holds it."""

import re

import pytest
from pydantic import BaseModel

from secondhalf.clean.duplicates.near import NearDuplicateSettings, check_near_duplicates
from secondhalf.clean.duplicates.passages import PassageSettings, check_passages
from secondhalf.clean.stage import CleanSettings, examine_document
from secondhalf.recipe import Recipe
from secondhalf.rows import Document

PROSE = "The council of the town met on Monday, and it decided that the library will move to a new building in the spring of next year. "
JAPANESE = "町の図書館は、来年の春に新しい建物へ移ることになりました。"
TEXTS = [
    "short", "word " * 100_001, "x1 # ... " * 60, "# " * 80, "- item of a list\n" * 60, "it goes on ...\n" * 60, "12 34 56 78 and the of " * 30, "{" + PROSE * 5,
    "lorem ipsum " + PROSE * 5, PROSE * 30, "Wörter über Wörter. " * 30, "def f(x):\n    return {x};\n" * 30, "<div><p>&amp;</p></div>" * 30, "fuck shit cunt " * 40,
    "pneumonoultramicroscopicsilicovolcanoconiosis " * 60, "a b c d " * 60, JAPANESE * 40, "ｱ" * 100 + "漢字" * 200, "カタカナノナマエ" * 60, "あ" * 500 + "。", "短い。" * 60,
    JAPANESE + "続く…" * 60, "項目・項目・\n" * 60, "cookies | login | home | about\n" * 30, "hidden\u200b\u200b\u200b" * 30, "broken \ufffd " * 30, "Привет мир " * 20 + "日本語です " * 20 + "שלום " * 20,
    "\u202eoverride " + PROSE * 4, "Write to a.person@mail.example.com. " + PROSE * 4,
]  # fmt: skip
STRICT = CleanSettings.model_validate(
    {
        "language": {"allowed": ["fr"], "min_confidence": 0.99, "min_script": 0.99},
        "characters": {"bidirectional": "refuse", "max_invisible_share": 0.0},
        "personal": {"email": "drop"},
    }
)
REASON = re.compile(r"[^:]+: .*\((clean\.[a-z0-9_.]+)\)", re.DOTALL)


def _is_field(path: str) -> bool:
    model: object = Recipe()
    for name in path.split("."):
        if isinstance(model, dict):
            return name.isdecimal() and int(name) in model
        if not isinstance(model, BaseModel) or name not in type(model).model_fields:
            return False
        model = getattr(model, name)
    return True


def _refusals() -> dict[str, set[str]]:
    """The reasons of every check that refused one of the texts."""
    reasons: dict[str, set[str]] = {}
    for settings in (CleanSettings(), STRICT):
        for number, text in enumerate(TEXTS):
            _, steps = examine_document(Document(str(number), text, ""), settings)
            for verdict in (verdict for step in steps for verdict in step.verdicts if not verdict.passed):
                reasons.setdefault(verdict.check, set()).add(verdict.reason)
    twice = [Document("1", PROSE * 4 + JAPANESE, ""), Document("2", PROSE * 4 + "Another end.", "")]
    for verdict in [
        *check_near_duplicates(twice, NearDuplicateSettings(threshold=0.3)),
        *check_passages(twice, PassageSettings()),
    ]:
        if not verdict.passed:
            reasons.setdefault(verdict.check, set()).add(verdict.reason)
    return reasons


def test_every_refusal_names_its_field() -> None:
    reasons = _refusals()
    unsaid = [
        reason
        for of_check in reasons.values()
        for reason in of_check
        if not (named := REASON.fullmatch(reason)) or not _is_field(named[1])
    ]
    assert unsaid == []
    rooms = {check.partition(".")[0].partition("_")[0].partition(" ")[0] for check in reasons}
    assert {"length", "language", "scripts", "prose", "markup", "boilerplate", "adult", "gopher", "c4", "fineweb", "ja", "encoding", "invisible", "bidirectional",
            "personal", "near", "passages"} <= rooms  # fmt: skip
    assert len(reasons) >= 30


@pytest.mark.parametrize("path", ["clean.gopher_quality.min_letter_words", "clean.gopher_repetition.max_top_ngram.2"])
def test_a_field_is_known_by_its_path(path: str) -> None:
    assert _is_field(path)
    assert not _is_field(path + "x")
