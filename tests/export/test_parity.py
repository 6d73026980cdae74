"""What counts as parity: token ids of everyday prompts, and differences that are small beside the training's own."""

from dataclasses import replace

import pytest

pytest.importorskip("torch")

from secondhalf.export.parity import Parity

PARITY = Parity(
    form="merged",
    prompts=6,
    prompt_ids_equal=6,
    hostile=2,
    hostile_ids_equal=0,
    answers_equal=8,
    tokens=100,
    mean_difference=0.01,
    largest_difference=0.1,
    training_changed=1.0,
)


@pytest.mark.parametrize(
    ("changes", "passed"),
    [
        ({}, True),
        ({"prompt_ids_equal": 5}, False),  # another template
        ({"answers_equal": 0}, True),  # two engines may part at a tie
        ({"mean_difference": 0.19}, True),
        ({"mean_difference": 0.3}, True),  # larger, but every answer is equal and nearer to ours than to the student's
        ({"mean_difference": 0.3, "answers_equal": 7}, False),
        ({"mean_difference": 0.6}, False),
        ({"mean_difference": 0.02, "training_changed": 0.0, "answers_equal": 0}, True),  # rounding alone
        ({"mean_difference": 0.03, "training_changed": 0.0}, False),
        ({"mean_difference": 0.19, "training_changed": 4.7, "answers_equal": 0}, True),
        ({"mean_difference": 0.5, "training_changed": 4.7, "answers_equal": 0}, False),  # half of a strong adapter
    ],
)
def test_what_passes(changes: dict[str, float], passed: bool) -> None:
    parity = replace(PARITY, **changes)  # type: ignore[arg-type]
    assert parity.passed == passed
    assert parity.as_dict()["passed"] == passed
    assert ("PARITY FAILS" in parity.summary()) != passed
