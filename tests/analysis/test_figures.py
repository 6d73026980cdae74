"""Comparisons are corrected for their number; the one that decides is one."""

import pytest

from secondhalf.analysis.facts import ArmComparison
from secondhalf.analysis.figures import corrected


def _row(figure: str, p: float) -> ArmComparison:
    return ArmComparison(
        arm="taught", against="untouched", figure=figure, difference=0.1, low=0.02, high=0.2, p=p, prompts=40,
        noise=p >= 0.05, smallest=0.1,
    )  # fmt: skip


def test_the_first_on_the_primary_figure_stands_alone_and_the_rest_share_their_chance() -> None:
    rows = corrected(
        [_row("minimal_pairs", 0.04), _row("checks", 0.02), _row("stops", 0.001), _row("echo", 0.03)], "minimal_pairs"
    )
    # Of three: 0.001 times 3, 0.02 times 2, and the last one no less than the one before.
    assert [row.p for row in rows] == pytest.approx([0.04, 0.04, 0.003, 0.04])
    assert [row.noise for row in rows] == [False, False, False, False]


def test_what_stood_out_alone_may_be_noise_among_many() -> None:
    rows = corrected([_row("minimal_pairs", 0.04), *(_row("checks", 0.03) for _ in range(3))], "minimal_pairs")
    assert [row.noise for row in rows] == [False, True, True, True]


def test_without_the_primary_figure_all_are_corrected() -> None:
    assert [row.p for row in corrected([_row("checks", 0.03), _row("stops", 0.03)], "minimal_pairs")] == [0.06, 0.06]
