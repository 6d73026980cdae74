"""The view for people: every word used and there, an extrapolation always called one, hostile names as text."""

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

from secondhalf.report.words import Language, scaling_words
from secondhalf.scaling import page
from secondhalf.scaling.curve import ScalingCurve, ScalingPoint
from secondhalf.scaling.plot import scaling_plot
from secondhalf.statistics import compare
from secondhalf.statistics.scaling import ScalingFit, SizedScores


def made(target: int, sizes: tuple[int, ...] = (50, 100, 200, 400), rise: float = 0.02, seeds: int = 3) -> ScalingCurve:
    """A curve of arms whose gain rises by so much with each doubling."""
    rng = np.random.default_rng(5)
    scores = [
        SizedScores(n, rng.normal(0.4 + rise * np.log2(n), 0.05, (seeds, 60)), np.full((1, 60), 0.4)) for n in sizes
    ]
    points = [
        ScalingPoint("<b>run</b>", f"arm{one.pairs}", one.pairs, compare(one.scores, one.against)) for one in scores
    ]
    if len(sizes) < 3:
        return ScalingCurve("teacher", "student", points, False, None, [], [], target, None, None)
    fit = ScalingFit(scores)
    along = [float(n) for n in np.geomspace(sizes[0], max(target, sizes[-1]), 9)]
    left_out = ScalingFit(scores[:-1]).at(sizes[-1]) if len(sizes) > 3 else None
    return ScalingCurve(
        "teacher", "student", points, fit.uncovered, fit.slope, along, [fit.at(n) for n in along], target,
        fit.at(target), left_out,
    )  # fmt: skip


def test_every_word_is_used_and_is_there():
    folder = Path(page.__file__).parent
    used = set(re.findall(r"\bw\.(\w+)", (folder / "scaling.html.jinja").read_text("utf-8")))
    module = (folder / "page.py").read_text("utf-8")
    for inside in re.findall(r"\bwords\[([^]]+)\]", module):
        used |= set(re.findall(r"\"(\w+)\"", inside))
    used |= {"run", "arm", "pairs", "gain", "plot_desc"}
    assert set(scaling_words("en")) == set(scaling_words("ja")) == used


@pytest.mark.parametrize("language", ["en", "ja"])
def test_what_lies_beyond_is_called_an_extrapolation(language: Language):
    mark = {"en": "Extrapolation, not measured", "ja": "外挿であり、測定値ではありません"}[language]
    for target, beyond in ((400, False), (300, False), (80_000, True)):
        curve = made(target)
        assert curve.extrapolates == beyond
        text = page.as_text([curve], "minimal_pairs", language)
        assert (mark in text) == beyond
        assert (mark in page.render([curve], "minimal_pairs", language)) == beyond
        assert ("line beyond" in scaling_plot(curve, "t", "d")) == beyond


def test_a_rise_is_shown_or_not_and_few_seeds_show_nothing():
    shown, flat, few = (
        page.as_text([curve], "minimal_pairs", "en") for curve in (made(400), made(400, rise=0.0), made(400, seeds=1))
    )
    assert "The interval leaves zero out" in shown
    assert "A check: the line through the smaller arms says" in shown
    assert "more pairs help is not shown" in flat
    assert "nothing is shown" in few
    assert "leaves zero out" not in few


def test_without_sizes_enough_there_are_points_and_no_line():
    curve = made(200, sizes=(50, 200))
    assert "it takes arms of 3 different numbers" in page.as_text([curve], "checks", "en")
    assert 'class="dot"' in scaling_plot(curve, "t", "d")
    assert json.loads(page.as_json([curve], "checks"))["curves"][0]["slope"] is None


def test_a_figure_that_moves_with_sharpness_is_no_evidence_here_either():
    assert "no evidence of following instructions" in page.as_text([made(400)], "relevance", "en")


def test_names_are_text_and_the_plot_is_well_formed():
    rendered = page.render([made(80_000)], "minimal_pairs", "en")
    assert "<b>run</b>" not in rendered
    ET.fromstring(str(scaling_plot(made(80_000), "title", "description")))
    data = json.loads(page.as_json([made(80_000)], "minimal_pairs"))
    assert data["curves"][0]["extrapolates"]
    assert len(data["curves"][0]["points"]) == 4
