"""What was not checked follows from the recipe."""

from typing import Any

import pytest

from secondhalf.analysis.facts import PeoplePreference, PeopleReview
from secondhalf.analysis.unchecked import unchecked
from secondhalf.recipe import Recipe


def _recipe(**fields: Any) -> Recipe:
    return Recipe(students={"base": "x"}, arms={"untouched": {"student": "base"}}, **fields)


@pytest.mark.parametrize(
    ("personal", "name"),
    [
        ({}, "names"),
        ({"person": "mask"}, "names_light"),
        ({"person": "drop"}, "names_light"),
        ({"presidio": True}, "names_presidio"),
        ({"presidio": True, "person": "mask"}, "names_presidio"),
        ({"presidio": True, "presidio_action": "keep"}, "names"),
        ({"presidio": True, "presidio_entities": ["LOCATION"], "person": "mask"}, "names_light"),
    ],
)
def test_names_of_people_are_unchecked_or_found_in_part(personal: dict[str, Any], name: str) -> None:
    names = [one for one in unchecked(_recipe(clean={"personal": personal})) if one.startswith("names")]
    assert names == [name]


def test_who_has_looked_at_answers() -> None:
    compared = PeoplePreference(prompts="own", arm="taught", against="untouched", won=2, lost=1, ties=0)
    nobody, some = (PeopleReview(decisions=3, reviewers=1, preferences=rows) for rows in ([], [compared]))
    assert [unchecked(_recipe(), people)[0] for people in (None, nobody, some)] == [
        "answers", "answers", "answers_compared",
    ]  # fmt: skip


def test_the_other_points() -> None:
    assert unchecked(_recipe(evaluate={"safety": {"enabled": True}})) == (
        ["answers", "benchmarks", "hidden_instructions", "names"]
    )
    off = {"evaluate": {"safety": {"enabled": False}}, "probes": {"pairs": 0, "documents": 0}}
    assert unchecked(_recipe(**off))[-3:] == ["safety", "repetition", "forgetting"]
