"""What an arm is there to answer, by what was changed about its pairs."""

from pathlib import Path

import pytest

from secondhalf.analysis.roles import role
from secondhalf.recipe import load_recipe
from support.recipes import tiny_recipe


@pytest.mark.parametrize(
    ("audit", "expected"),
    [
        ({}, "taught"),
        ({"max_echo": 0.9}, "taught"),
        ({"refuse": False}, "unaudited"),
        ({"refuse_instructions": False}, "unaudited"),
    ],
)
def test_an_arm_on_pairs_that_the_audit_refuses_is_unaudited(
    tmp_path: Path, audit: dict[str, object], expected: str
) -> None:
    tiny_recipe(
        tmp_path / "a.yaml",
        tmp_path,
        name="a",
        data={"other": {"audit": audit}},
        arms={"arm": {"student": "base", "data": {"other": 1}}},
    )
    assert role("arm", load_recipe(tmp_path / "a.yaml")) == expected
