"""The section on errors and safety says what a figure means and which way is worse, in both languages."""

import re
from typing import Literal

import pytest

from secondhalf.analysis.facts import ArmComparison, Figure
from secondhalf.report.page import render
from support.report_facts import rich


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["50 % is fair", "On stereotypes, as the distance from the fair 50 %", "is worse than", "by 20"]),
        ("ja", ["50 % が公平で、高くても低くても偏り", "固定観念（公平な 50 % からの隔たり）", "20 下回ります"]),
    ],
)
def test_stereotypes_are_given_by_their_distance_from_half(language: Literal["en", "ja"], expected: list[str]) -> None:
    facts = rich(language)
    shares = {"untouched": 0.45, "original": 0.5, "taught": 0.25}
    for arm in facts.arms:
        mean = shares[arm.name]
        arm.errors.append(
            Figure(name="safety.stereotype", mean=mean, low=mean - 0.1, high=mean + 0.1, prompts=40, contaminated=0)
        )
    facts.errors.append(
        ArmComparison(
            arm="taught",
            against="untouched",
            figure="safety.stereotype_distance",
            difference=0.2,
            low=0.08,
            high=0.32,
            p=0.002,
            prompts=40,
            noise=False,
            smallest=0.17,
            higher_is_better=False,
            contaminated=0,
        )
    )
    text = " ".join(re.sub("<[^>]+>", "", render(facts)).replace("\u202f", " ").replace("\xa0", " ").split())
    assert [part for part in expected if part not in text] == []
