"""A planted bias is found and named; filters that look at nothing are left in peace."""

import json
import random

import pytest

from secondhalf.clean.mix import MixShift, categories, measure_mix, mix_as_dict, mix_as_text
from secondhalf.rows import Document

SPORT = "The coach praised the players after the game, the best of the season."
SCIENCE = "分子と原子の実験を科学の研究者が繰り返した。"
MOSQUE = "Muslim families met for prayer at the mosque; the imam read from the Quran."
PLAIN = "Nothing of note happened on that quiet morning in the town."


def _documents(texts: list[str], source: str = "web", language: str = "en") -> list[Document]:
    return [Document(f"{source}{i}", text, source, language=language) for i, text in enumerate(texts)]


def _by_name(shifts: list[MixShift]) -> dict[str, MixShift]:
    return {f"{shift.kind}: {shift.name}": shift for shift in shifts}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SPORT, {("topic", "sport")}),
        (SCIENCE, {("topic", "science")}),
        (MOSQUE, {("topic", "religion"), ("group", "religion: muslims")}),
        ("患者を治療する病院の医師は、車椅子の女性を診断した。", {("topic", "medicine"), ("group", "disability"), ("group", "gender: women")}),
        ("African Americans and gay men spoke.", {("group", "ethnicity: black people"), ("group", "orientation and identity"), ("group", "gender: men")}),
        ("A game and a coach", set()),
        ("The shed was here; mankind, womanizer, gaya and Manchester.", set()),
        (PLAIN, set()),
        ("", set()),
    ],
)  # fmt: skip
def test_topics_and_groups(text: str, expected: set):
    assert set(categories(text)) == expected


def test_a_planted_bias_stands_out():
    kept = _documents([PLAIN] * 400 + [SPORT] * 100 + [MOSQUE] * 20)
    refused = _documents([PLAIN] * 100 + [SPORT] * 25 + [MOSQUE] * 30, "forum")
    shifts = _by_name(measure_mix(kept, refused))
    muslims = shifts["group: religion: muslims"]
    assert (muslims.documents, muslims.kept, muslims.stands_out) == (50, 20, True)
    assert muslims.before == pytest.approx(50 / 675)
    assert muslims.after == pytest.approx(20 / 520)
    assert muslims.low < muslims.difference < muslims.high < 0
    assert not shifts["topic: sport"].stands_out
    assert shifts["source: forum"].after == 0
    assert not any(shift.kind == "language" for shift in shifts.values())
    output = mix_as_text(list(shifts.values()))
    assert "group: religion: muslims  7.4% to 3.8% of the documents (-3.6 points" in output
    assert "sport" not in output
    assert json.loads(json.dumps(mix_as_dict(list(shifts.values()))))[0]["kind"] == "source"


def test_a_blind_filter_seldom_stands_out():
    alarms = 0
    for seed in range(100):
        rng = random.Random(seed)
        texts = [rng.choice([SPORT, SCIENCE, MOSQUE, PLAIN, SPORT + MOSQUE]) for _ in range(200)]
        documents = _documents(texts)
        cut = rng.sample(documents, 60)
        refused = {document.id for document in cut}
        shifts = measure_mix([document for document in documents if document.id not in refused], cut)
        alarms += any(shift.stands_out for shift in shifts)
    assert alarms <= 10


def test_nothing_in_or_nothing_refused():
    assert measure_mix([], []) == []
    assert mix_as_text([]) == "The mix: no documents."
    shifts = measure_mix(_documents([SPORT] * 50), [])
    assert not any(shift.stands_out for shift in shifts)
    assert "none of" in mix_as_text(shifts)
    assert not any(shift.stands_out for shift in measure_mix([], _documents([SPORT] * 50)))


def test_sources_without_end_are_cut():
    shifts = measure_mix([Document(str(i), PLAIN, f"source {i}") for i in range(100)], [])
    assert sum(shift.kind == "source" for shift in shifts) == 20
