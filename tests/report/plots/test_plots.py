"""The plots' arithmetic: finite, inside the picture, round ticks; and markup that cannot be broken out of."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secondhalf.analysis.facts import Curve, FunnelStep, Point, Profile
from secondhalf.report.plots import forest, funnel, loss
from secondhalf.report.plots.radar import radar
from secondhalf.report.plots.scale import fit_scale
from secondhalf.report.plots.svg import element, percent
from support.report_facts import rich

VALUES = st.floats(min_value=-1e15, max_value=1e15, allow_nan=False)


@given(st.lists(VALUES, max_size=8), st.sampled_from([0.0, 0.08]))
def test_a_scale_holds_its_values(values: list[float], pad: float) -> None:
    scale = fit_scale(values, pad=pad, most=5)
    assert scale.low < scale.high
    assert len(scale.ticks) <= 6
    assert all(math.isfinite(v) and 0 <= scale.at(v) <= 100 for v in [*values, *scale.ticks])
    ordered = sorted(values)
    assert [scale.at(v) for v in ordered] == sorted(scale.at(v) for v in ordered)


def test_ticks_are_round() -> None:
    assert fit_scale([0.0, 0.163], pad=0.08, most=4).ticks == pytest.approx((0, 0.05, 0.1, 0.15))
    scale = fit_scale([-5.8, 9.7], pad=0.08, most=4)
    assert (scale.ticks, scale.digits) == ((-5, 0, 5, 10), 0)


def test_beyond_the_ends_is_at_the_ends() -> None:
    scale = fit_scale([0.0, 1.0])
    assert (scale.at(-7), scale.at(7)) == (0, 100)


def test_zero_is_on_every_forest() -> None:
    scale = forest.shared_scale(rich().comparisons[:2])
    assert scale.low < 0 < scale.low + (scale.high - scale.low) / 4
    assert 0 in scale.ticks


def test_a_mark_says_how_it_came_out() -> None:
    better, noise, worse = (rich().comparisons[i] for i in (0, 4, 5))
    scale = forest.shared_scale([better])
    assert 'class="plot forest better"' in forest.row(better, scale, "t", "d")
    assert 'class="plot forest noise"' in forest.row(noise, scale, "t", "d")
    assert "<path" in forest.row(worse, scale, "t", "d")


def test_bars_are_to_scale() -> None:
    bar = funnel.bar(FunnelStep(stage="s", rows_in=50, rows_out=25), 200, "t", "d")
    assert 'class="refused" x="0%" y="0%" width="25%"' in bar
    assert 'class="kept" x="0%" y="0%" width="12.5%"' in bar
    assert 'width="0%"' in funnel.bar(FunnelStep(stage="s", rows_in=0, rows_out=0), 0, "t", "d")


def test_long_curves_are_thinned() -> None:
    long = Curve(arm="a", seed=1, points=[Point(step=i, loss=3 + i % 2) for i in range(100_000)])
    svg = loss.curves_of([long], loss.shared_scale([long]), False, "t", "d")
    assert len(svg) < 20_000
    assert loss.ends([long], loss.train_loss) == (3, 4)
    assert loss.ends([long], loss.held_out_loss) is None


def test_a_radar_closes_its_lines_and_breaks_them_where_a_value_is_missing() -> None:
    profile = Profile(
        figure="mt_bench.score", unit="points", axes=["a", "b", "c", "d"],
        arms={"whole": [1.0, 10.0, 5.5, 1.0], "broken": [5.0, None, 5.0, 5.0]},
    )  # fmt: skip
    plot = str(radar(profile, "t", "d"))
    whole, broken = re.findall(r'class="arm arm-[01]" d="([^"]+)"', plot)
    assert whole.startswith("M50 36")  # grade 1 is the middle, and the first axis points up
    assert "L79 36" in whole  # grade 10 is the ring
    assert whole.endswith("Z")
    assert broken.count("M") == 2
    assert "Z" not in broken


def test_markup_escapes() -> None:
    markup = element("text", {"x": 1.0, "aria_label": '"><script>'}, "</svg><b>\u202e")
    assert markup == '<text x="1" aria-label="&#34;&gt;&lt;script&gt;">&lt;/svg&gt;&lt;b&gt;⟨U+202E⟩</text>'
    with pytest.raises(ValueError, match="no coordinate"):
        percent(float("nan"))
