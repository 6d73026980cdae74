"""Every phrase of the documents is used by one of them, and none is missing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from secondhalf.analysis.facts import InstructionShare, Probe
from secondhalf.disclosure import model_card, sentences
from secondhalf.disclosure.evidence import Evidence, gather
from secondhalf.disclosure.write import disclosures
from secondhalf.report.words import disclosure_words
from secondhalf.train.prefer.settings import PeopleSettings, PreferSettings
from support.disclosed_run import disclosed_run, exported
from support.report_facts import rich

FORMS = ("page", "croissant", "data-card", "ml-bom", "eu-summary", "ab2013")


class _Recording(dict[str, str]):
    """Words that note which of them were taken."""

    taken: set[str] = set()

    def __getitem__(self, key: str) -> str:
        self.taken.add(key)
        return super().__getitem__(key)

    def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
        self.taken.add(key)
        return super().get(key, default)


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    _Recording.taken = set()
    monkeypatch.setattr(sentences, "disclosure_words", lambda language: _Recording(disclosure_words(language)))
    return _Recording.taken


def variants(folder: Path) -> Iterator[Evidence]:
    """Runs that between them know and lack all that a run can."""
    taught = gather(disclosed_run(folder / "taught", notices=["Terms"]), "taught", None)
    assert taught.model
    yield taught
    facts = rich("en")
    yield replace(taught, facts=facts.model_copy(update={"arms": []}), checks=[], overlaps=[], funnel=[])
    arms = [one.model_copy(update={"name": "taught"}) for one in facts.arms[:1]]
    own = [
        Probe(
            arm="taught", figure="leak_reply", value=0.2, baseline=0.1, difference=0.1, low=0.0, high=0.2, noise=True,
            rows=10, rows_baseline=10, limit=0.05, state="undecided",
        )
    ]  # fmt: skip
    yield replace(taught, facts=facts.model_copy(update={"arms": arms, "overfitting": own}))
    left = {"recall": 0.9, "specificity": 0.9, "share": 0.1, "low": 0.05, "high": 0.2}
    estimated = InstructionShare(
        data="taught", language="en", pairs=3, flagged=1, **left, left=0.01, left_low=0.0, left_high=0.02
    )
    unmeasured = InstructionShare(data="taught", language="xx", pairs=3, flagged=1)
    yield replace(taught, instructions=[estimated, unmeasured])
    for tokens in (10**10, 10**14):
        yield replace(taught, model=replace(taught.model, manifest={**taught.model.manifest, "tokens": tokens}))
    alone = gather(disclosed_run(folder / "original", student=None), None, None)
    yield replace(alone, data=[one for one in alone.data if not one.writers])
    many = {f"source {index}": 1 for index in range(20)}
    unstated = [replace(one, sources=many, licences={"": one.pairs}, writers=[]) for one in taught.data]
    yield replace(taught, data=[replace(one, unsourced=1) for one in unstated])
    recipe = taught.recipe
    prefer = PreferSettings(people=PeopleSettings(path="asked.jsonl"))
    preferring = recipe.model_copy(
        update={"arms": {**recipe.arms, "taught": recipe.arms["taught"].model_copy(update={"prefer": prefer})}}
    )
    yield replace(taught, run=replace(taught.run, recipe=preferring))
    arms = {"taught": {"data": {"mine": 1, "taught": 1}, "compare_to": ["untouched"]}, "original": None}
    mixed = {"mine": {"instructions": {"path": "mine.jsonl"}}, "original": None}
    yield gather(disclosed_run(folder / "mixed", data=mixed, arms=arms), "taught", None)


def test_every_phrase_is_used_and_none_is_missing(tmp_path: Path, taken: set[str]) -> None:
    export = exported(tmp_path / "out")
    for evidence in variants(tmp_path):
        for form in FORMS if evidence.model else ("page", "croissant", "data-card"):
            disclosures(evidence, form)
        if evidence.model:
            model_card.full_model_card(evidence, export)
    assert set(disclosure_words("en")) - taken == set()
