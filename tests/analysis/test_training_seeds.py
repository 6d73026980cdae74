"""How many training seeds stand behind an arm: its own, another arm's, and those of a student that is an arm."""

import pytest

from secondhalf.analysis.training_seeds import training_seeds
from secondhalf.recipe import Recipe

RECIPE = Recipe.model_validate(
    {
        "name": "seeds",
        "corpus": {"path": "texts.txt"},
        "students": {"base": "base", "merged": "arm:taught", "sibling": "sibling"},
        "data": {"taught": {"teach": {"model": "teacher"}}},
        "arms": {
            "untouched": {"student": "base"},
            "taught": {"student": "base", "data": {"taught": 1}, "train": {"seeds": [1, 2, 3]}},
            "once": {"student": "base", "data": {"taught": 1}, "train": {"seeds": [1]}},
            "carried": {"student": "sibling", "adapter_from": "taught", "train": {"seeds": [1, 2, 3]}},
            "start": {"student": "merged"},
            "again": {"student": "merged", "data": {"taught": 1}, "train": {"seeds": [1, 2, 3]}},
        },
    }
)


@pytest.mark.parametrize(
    ("arm", "other", "seeds"),
    [
        ("taught", "untouched", (3, 0)),
        ("taught", "once", (3, 1)),
        ("carried", "untouched", (3, 0)),
        ("start", "untouched", (1, 0)),
        ("again", "start", (3, 0)),
        ("again", "untouched", (1, 0)),
    ],
)
def test_seeds_behind_an_arm(arm: str, other: str, seeds: tuple[int, int]) -> None:
    assert training_seeds(arm, other, RECIPE) == seeds
