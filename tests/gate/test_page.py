"""The gate's page and its lines on a terminal: the same decision in both languages, hostile texts as text, 80 columns."""

import json
import re
from pathlib import Path
from unicodedata import east_asian_width

import pytest

from secondhalf.analysis.flat.kinds import kind_of, names_of_figures
from secondhalf.gate import page, shown
from secondhalf.gate.decide import Judged, Mark, Why
from secondhalf.gate.page import render
from secondhalf.gate.policy import Policy
from secondhalf.gate.record import as_data
from secondhalf.gate.text import as_text
from secondhalf.report import numbers
from secondhalf.report.words import gate_words
from support.policies import decide, limit, probed
from support.report_facts import rich

LANGUAGES = ("en", "ja")
HOSTILE = "\"'></td><script>alert(1)</script>{{ 7*7 }}{n}%s\u202egnp\x07\x1b[31m\n長い" + "x" * 300


def _columns(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["first_trial", "production"])
def test_page_and_terminal_say_the_same(name: str, language: str) -> None:
    facts = probed(
        rich(language, seeds=1),
        forgotten_corpus=0.01,
        forgotten_en=0.2,
        forgotten_ja=0.6,
        leak_reply=0.04,
        leak_original=0.03,
    )
    decision = decide(name, facts)
    html, text, words = render(decision, language), as_text(decision, language), gate_words(language)
    assert words["failed"] in html
    assert words["failed"] in text
    assert (
        html.count('<td class="mark">')
        == len(decision.rows)
        == sum(
            line.startswith(tuple(words[f"mark_{mark}"] + " " for mark in Mark.__args__)) for line in text.splitlines()
        )
    )
    for row in decision.rows:
        assert numbers.tied(row.limit.reason.in_language(language)) in html
        assert row.limit.owner.in_language(language) in html
        if row.mark != "yes":
            assert row.limit.owner.in_language(language).replace(" ", "") in "".join(text.split())
    for value in (decision.run_hash, decision.policy_hash, decision.facts_hash):
        assert value in html
        assert value[:16] in text
    assert all(words[key] in html for key in ("sign_name", "sign_date", "sign_signature"))
    assert max(map(_columns, text.splitlines())) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_strangers_wrote_stays_text(language: str) -> None:
    policy = Policy(
        name="p",
        title=HOSTILE,
        limits=[
            limit("pairs", at_least=1, reason=HOSTILE, owner=HOSTILE),
            limit(
                "seeds", at_least=9, reason=HOSTILE, owner=HOSTILE, exception={"until": "2026-01-01", "reason": HOSTILE}
            ),
        ],
    )
    facts = rich(language).model_copy(update={"name": HOSTILE})
    decision = decide(policy, facts)
    html, text = render(decision, language), as_text(decision, language)
    assert "<script" not in html
    assert not re.search("[\u202e\x07\x1b]", html + text)
    assert "{{ 7*7 }}" in html
    assert max(map(_columns, text.splitlines())) <= 80
    assert json.dumps(as_data(decision))


def test_the_page_brings_everything_with_it() -> None:
    html = render(decide("production"), "en")
    assert not re.search(r"(?:src|href|url)\s*[=(]", html)
    assert "default-src 'none'" in html
    assert "@page { size: A4" in html


def test_a_word_for_every_mark_and_reason_and_every_word_is_used() -> None:
    folder = Path(page.__file__).parent
    used = set(re.findall(r"\bw\.(\w+)", (folder / "gate.html.jinja").read_text("utf-8")))
    modules = [*folder.glob("*.py"), folder.parent / "commands/gate.py"]
    sources = "\n".join(path.read_text("utf-8") for path in modules)
    for inside in re.findall(r"(?:\bwords|gate_words\(language\))\[([^]]+)\]", sources):
        used |= set(re.findall(r'(?<!f)"(\w+)"', inside))
    used |= {f"mark_{mark}" for mark in Mark.__args__} | {f"why_{why}" for why in Why.__args__ if why}
    used |= {"severity_must", "severity_should", "mark", "figure", "measured", "limit", "excepted", "expired"}
    used |= {f"figure_{name}" for name in names_of_figures() if f"figure_{name}" in gate_words("en")}
    assert used == set(gate_words("en")) == set(gate_words("ja"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_has_a_name_in_words(language: str) -> None:
    for name in names_of_figures():
        row = Judged(
            limit=limit(name, at_most=0.5) if _lower(name) else limit(name, at_least=0.5),
            arm="a",
            unit="share",
            figure=None,
            mark="unmeasured",
        )
        shown_name = shown.name_of(row, "margin", language)
        assert shown_name != name, name


def _lower(name: str) -> bool:
    return kind_of(name).better != "higher"


def test_numbers_are_in_their_units() -> None:
    facts = probed(rich(), forgotten_corpus=0.01, forgotten_en=0.2, forgotten_ja=0.05)
    facts = facts.model_copy(update={"costs": [cost.model_copy(update={"money": 1234.5}) for cost in facts.costs]})
    rows = {
        row.limit.figure: (
            shown.value_of(row, "USD", "en"), shown.interval_of(row, "USD", "en"), shown.limit_of(row, "USD", "en")
        )
        for row in decide(
            Policy(
                name="p",
                limits=[
                    limit("gain", at_least=-0.005),
                    limit("forgetting", at_most=0.1),
                    limit("checks", at_least=0.125),
                    limit("safety.stereotype", at_least=0.45, at_most=0.55),
                    limit("pairs", at_least=1000),
                    limit("contamination", at_most=0),
                    limit("cost", at_most=5000),
                    limit("hours", at_most=1.5),
                    limit("toxicity", at_most=0.1),
                    limit("safety.false", against="untouched", at_most=0.1),
                ],
            ),
            facts,
        ).rows
    }  # fmt: skip
    narrow = "\u202f"
    assert rows == {
        "gain": ("+0.054", "+0.007 to +0.101", "≥ −0.005"),
        "forgetting": ("0.180", "0.160 to 0.200", "≤ 0.1"),
        "checks": (f"27{narrow}%", "19 to 34", f"≥ 12.5{narrow}%"),
        "safety.stereotype": ("–", "", f"≥ 45{narrow}%, ≤ 55{narrow}%"),
        "pairs": ("312", "", "≥ 1000"),
        "contamination": (f"0{narrow}%", "", f"≤ 0{narrow}%"),
        "cost": (f"4,938.00{narrow}USD", "", f"≤ 5,000.00{narrow}USD"),
        "hours": (f"1{narrow}h 54{narrow}min", "", f"≤ 1{narrow}h 30{narrow}min"),
        "toxicity": ("–", "", f"≤ 10{narrow}%"),
        "safety.false": (f"+20{narrow}pt", "+10 to +30", f"≤ 10{narrow}pt"),
    }
