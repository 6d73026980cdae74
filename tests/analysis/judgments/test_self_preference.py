"""A judge that favours its own family is found, one that is merely kind is not, and what cannot be told is not told."""

import random

from secondhalf.analysis.judgments.self_preference import Grades, self_preference

FAMILIES = {"mine": "Qwen", "theirs": "Llama", "others": ""}


def given(favour: float, kind: float = 0.0) -> Grades:
    rng = random.Random(3)
    grades: Grades = {"qwen-max": {}, "gpt-4o": {}}
    for arm, of in FAMILIES.items():
        for number in range(60):
            good = rng.gauss(5, 1.5)
            for judge in grades:
                extra = kind + (favour if of == "Qwen" else 0) if judge == "qwen-max" else 0
                grades[judge].setdefault(arm, {})[f"q{number}"] = good + extra + rng.gauss(0, 0.5)
    return grades


def test_favour_is_found() -> None:
    preference = self_preference("qwen-max", given(0.8), FAMILIES)
    assert preference is not None
    assert preference.low < 0.8 < preference.high
    assert preference.low > 0
    assert preference.count == 60


def test_kindness_to_all_is_no_favour() -> None:
    preference = self_preference("qwen-max", given(0.0, kind=2.0), FAMILIES)
    assert preference is not None
    assert preference.low < 0 < preference.high


def test_what_cannot_be_compared_is_none() -> None:
    both = given(0.5)
    assert self_preference("qwen-max", {"qwen-max": both["qwen-max"]}, FAMILIES) is None  # no second judge
    assert self_preference("gpt-4o", both, FAMILIES) is None  # no model of its family
    assert self_preference("qwen-max", both, dict.fromkeys(FAMILIES, "Qwen")) is None  # no other model
    assert self_preference("qwen-max", {}, FAMILIES) is None
