"""Claims hold: intervals cover the truth, planted effects are found, noise is called noise."""

import random

import numpy as np
import pytest

from secondhalf.errors import UserError
from secondhalf.statistics import (
    align,
    compare,
    compare_distance,
    compare_groups,
    describe_comparison,
    estimate,
    holm,
    selection_effect,
)

RNG = np.random.default_rng


def plain_bootstrap(values: list[float], resamples: int) -> tuple[float, float]:
    """The percentile bootstrap as textbooks have it."""
    rng = random.Random(1)
    means = sorted(sum(rng.choices(values, k=len(values))) / len(values) for _ in range(resamples))
    return means[int(0.025 * resamples)], means[int(0.975 * resamples) - 1]


def test_against_a_plain_bootstrap() -> None:
    values = RNG(0).exponential(1.0, 150)
    low, high = plain_bootstrap(values.tolist(), 3000)
    result = estimate(values)
    assert result.mean == pytest.approx(values.mean())
    assert (result.prompts, result.seeds) == (150, 1)
    # Wider by Student's factor and sqrt(n/(n-1)), 1.2 % here; the rest is the luck of 3,000 resamples.
    assert result.low == pytest.approx(low, abs=0.012)
    assert result.high == pytest.approx(high, abs=0.012)


@pytest.mark.parametrize(("seeds", "prompts", "between"), [(1, 40, 0.0), (1, 8, 0.0), (4, 40, 0.3)])
def test_intervals_cover_the_truth_95_times_in_100(seeds: int, prompts: int, between: float) -> None:
    covered = 0
    for number in range(200):
        rng = RNG(number)
        scores = (
            2.0 + rng.normal(0, 1, prompts) + rng.normal(0, between, (seeds, 1)) + rng.normal(0, 0.5, (seeds, prompts))
        )
        result = estimate(scores, resamples=800)
        covered += result.low <= 2.0 <= result.high
    # Two standard errors of such a simulation are 3 points.
    assert 0.915 <= covered / 200 <= 0.99


def test_seeds_are_resampled_too() -> None:
    rng = RNG(3)
    scores = rng.normal(0, 1, 60) + np.array([[-0.8], [0.0], [0.1], [0.7]])
    flat = estimate(scores.mean(axis=0))
    both = estimate(scores)
    assert both.seeds == 4
    assert both.high - both.low > 1.5 * (flat.high - flat.low)


def test_three_seeds_that_differ_get_students_width() -> None:
    result = estimate(np.array([[-1.0], [0.0], [1.0]]) + np.zeros((3, 50)))
    # Seeds alone differ: Student's t at two degrees of freedom, the drawing's luck aside.
    assert result.high == pytest.approx(4.303 / np.sqrt(3), rel=0.03)
    assert result.low == pytest.approx(-4.303 / np.sqrt(3), rel=0.03)


def test_a_planted_effect_is_found_and_pairing_finds_it() -> None:
    rng = RNG(4)
    hardness = rng.normal(0, 2, 80)
    a, b = hardness + 0.3 + rng.normal(0, 0.5, 80), hardness + rng.normal(0, 0.5, 80)
    comparison = compare(a, b)
    assert not comparison.noise
    assert comparison.p < 0.01
    assert comparison.low < 0.3 < comparison.high
    assert comparison.smallest < 0.3
    assert compare(a, rng.permutation(b)).noise  # unpaired, the prompts' own spread hides it


def test_sides_swap() -> None:
    rng = RNG(5)
    a, b = rng.normal(1, 1, 50), rng.normal(0, 1, 50)
    one, other = compare(a, b), compare(b, a)
    assert one.difference == pytest.approx(-other.difference)
    assert one.low == pytest.approx(-other.high, abs=0.02)


def test_no_effect_is_rarely_claimed() -> None:
    claims = 0
    for number in range(200):
        rng = RNG(number)
        claims += not compare(rng.normal(0, 1, 30), rng.normal(0, 1, 30), resamples=500).noise
    assert claims <= 18


@pytest.mark.parametrize("between", [0.0, 0.5, 1.5])
def test_three_seeds_against_three_are_rarely_called_different_under_a_true_null(between: float) -> None:
    """88 prompts; `between`: what a training seed does, in standard errors over the prompts. benchmarks/coverage.py has more."""
    claims = 0
    for number in range(300):
        rng = RNG(number)
        luck = rng.normal(0, between / np.sqrt(88), (2, 3, 1)) + rng.normal(0, 0.3, (2, 3, 88))
        a, b = rng.normal(0, 1, 88) + luck
        claims += not compare(a + rng.normal(0, 1, 88), b, training_seeds=(3, 3), resamples=500).noise
    assert claims <= 300 * 0.05 + 2.5 * np.sqrt(300 * 0.05 * 0.95)


def test_under_a_true_null_one_seed_claims_nothing_and_would_have_claimed_often() -> None:
    shown = would = 0
    for number in range(100):
        rng = RNG(number)
        prompts = rng.normal(0, 0.3, 88)
        one, three = prompts + rng.normal(0, 0.15, (1, 1)), prompts + rng.normal(0, 0.15, (3, 1))
        scores = [arm + rng.normal(0, 0.3, arm.shape) for arm in (three, one)]
        shown += not compare(*scores, training_seeds=(3, 1), resamples=300).noise
        would += not compare(*scores, resamples=300).noise
    assert shown == 0
    assert would > 10


@pytest.mark.parametrize(
    ("seeds", "uncovered"),
    [((0, 0), False), ((1, 0), True), ((0, 2), True), ((3, 0), False), ((5, 1), True), ((3, 3), False)],
)
def test_a_trained_arm_needs_three_seeds(seeds: tuple[int, int], uncovered: bool) -> None:
    a, b = (
        np.tile(RNG(1).normal(mean, 0.1, 40), (max(count, 1), 1)) for mean, count in zip((2, 0), seeds, strict=True)
    )
    groups = {str(n): "ab"[n % 2] for n in range(40)}
    tables = [[{str(n): row[n] for n in range(40)} for row in arm] for arm in (a, b)]
    compared = [
        compare(a, b, training_seeds=seeds),
        compare_distance(a, b, training_seeds=seeds),
        *compare_groups(*tables, groups, training_seeds=seeds).by_group.values(),
    ]
    assert {(one.uncovered, one.noise) for one in compared} == {(uncovered, uncovered)}
    for language, words in (("en", "is not shown"), ("ja", "確認できていません")):
        assert (words in describe_comparison(compared[0], language, "a", "b", "checks")) == uncovered


def test_the_smallest_difference_is_found_four_times_in_five() -> None:
    size = compare(RNG(0).normal(0, 1, 2000), np.zeros(2000), resamples=100).smallest * np.sqrt(2000 / 80)
    detected = sum(not compare(RNG(i).normal(size, 1, 80), np.zeros(80), resamples=500).noise for i in range(200))
    assert 0.7 <= detected / 200 <= 0.9


def test_seeds_of_two_arms() -> None:
    rng = RNG(6)
    luck = np.array([[-1.0], [0.0], [1.0]])
    prompts = rng.normal(0, 1, 40)
    a, b = prompts + luck + 0.2 + rng.normal(0, 0.01, (3, 40)), prompts + luck
    paired = compare(a, b)
    assert (paired.seeds_a, paired.seeds_b) == (3, 3)
    assert not paired.noise  # the seeds' luck is in both arms and cancels
    comparison = compare(a, b[:2])
    assert (comparison.seeds_a, comparison.seeds_b) == (3, 2)
    assert comparison.noise
    untrained = compare(a, prompts)
    assert (untrained.seeds_a, untrained.seeds_b) == (3, 1)
    assert untrained.noise
    assert untrained.smallest > paired.smallest


def test_the_same_twice_and_in_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = RNG(7)
    a, b = rng.normal(0, 1, (2, 30)), rng.normal(0, 1, (3, 30))
    whole = compare(a, b, resamples=1000)
    assert compare(a, b, resamples=1000) == whole
    assert compare(a, b, resamples=1000, seed=1) != whole
    monkeypatch.setattr("secondhalf.statistics.resampling._CELLS", 30 * 7)
    small = compare(a, b, resamples=1000)
    assert (small.low, small.high) == pytest.approx((whole.low, whole.high))


def test_p_of_a_difference_that_no_resampling_reverses() -> None:
    # Two sides, none of 99 resampled means beyond zero, and the observed one: 2 * (0 + 1) / (99 + 1).
    assert compare(np.arange(1, 15), np.zeros(14), resamples=99).p == pytest.approx(0.02)


def test_identical_arms_are_noise() -> None:
    scores = RNG(8).normal(0, 1, (2, 20))
    c = compare(scores, scores)
    assert (c.difference, c.low, c.high, c.p, c.noise, c.smallest) == (0, 0, 0, 1, True, 0)


def test_constant_scores() -> None:
    result = estimate([0.3] * 10)
    assert (result.mean, result.low, result.high) == pytest.approx((0.3, 0.3, 0.3))
    assert estimate(np.zeros((3, 40))).high == pytest.approx(0.0876, abs=1e-3)  # R: prop.test(0, 40, correct = FALSE)
    assert estimate(np.ones(40)).low == pytest.approx(1 - 0.0876, abs=1e-3)
    assert compare([1.0] * 3, [0.0] * 3).noise  # three prompts prove nothing, however alike
    assert not compare([1.0] * 20, [0.0] * 20).noise


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ([1.0, float("nan")], "prompt 1 .*no finite number"),
        ([[1.0, 2.0], [float("inf"), 2.0]], "prompt 0, seed 1 .*no finite number"),
        ([1.0], "at least two prompts"),
        ([], "at least two prompts"),
        (np.zeros((2, 2, 2)), "shape"),
    ],
)
def test_what_is_refused(values: object, complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        estimate(values)  # type: ignore[arg-type]
    with pytest.raises(UserError, match=complaint):
        compare([1.0, 2.0], values)  # type: ignore[arg-type]


def test_arms_of_other_prompts_are_refused() -> None:
    with pytest.raises(UserError, match="3 prompts and arm b 2"):
        compare([1, 2, 3], [1, 2])


def test_align_joins_by_id() -> None:
    a, b = align({"y": 2.0, "x": 1.0}, [{"x": 3.0, "y": 4.0}, {"y": 6.0, "x": 5.0}])
    assert a.tolist() == [[1.0, 2.0]]
    assert b.tolist() == [[3.0, 4.0], [5.0, 6.0]]
    with pytest.raises(UserError, match="Arm b has no score for prompt 'x'"):
        align({"x": 1.0, "y": 2.0}, {"y": 1.0})
    with pytest.raises(UserError, match="Arm a, seed 1 has no score for prompt 'y'"):
        align([{"x": 1.0, "y": 2.0}, {"x": 1.0}], {"x": 1.0, "y": 1.0})
    with pytest.raises(UserError, match="Arm b has no scores"):
        align({"x": 1.0}, [])


def test_in_words() -> None:
    rng = RNG(9)
    spread = rng.normal(0, 0.1, 50)
    better, seeded = compare(spread + 1, spread * 0), compare([spread + 1, spread + 1.1], spread * 0)
    noise = compare(spread - spread.mean(), spread * 0)
    english = describe_comparison(better, "en", "taught", "original", "MT-Bench")
    assert english.startswith("On MT-Bench, taught is better than original by")
    assert "95 % interval" in english
    assert "50 prompts" in english
    assert "training noise is not covered" in english
    assert "2 and 1 training seeds" in describe_comparison(seeded, "en", "taught", "original", "MT-Bench")
    assert "worse than" in describe_comparison(better, "en", "taught", "original", "loops", lower_is_better=True)
    assert "worse than" in describe_comparison(compare(spread * 0, spread + 1), "en", "a", "b", "MT-Bench")
    assert "within noise; the smallest" in describe_comparison(noise, "en", "taught", "original", "MT-Bench")
    assert "上回ります" in describe_comparison(better, "ja", "教師", "原文", "MT-Bench")
    assert "学習のばらつきは含みません" in describe_comparison(better, "ja", "教師", "原文", "MT-Bench")
    assert "誤差の範囲内" in describe_comparison(noise, "ja", "教師", "原文", "MT-Bench")


def test_a_selection_by_hand() -> None:
    # The lady who tastes tea: 3 of 4 right. C(4,3)C(4,1)/C(8,4) = 16/70, and no rarer count but 4 of 4 and the opposites.
    assert selection_effect(3, 4, 4, 8).p == pytest.approx(34 / 70)
    assert selection_effect(4, 4, 4, 8).p == pytest.approx(2 / 70)
    # R: fisher.test(matrix(c(1, 9, 11, 3), 2)) gives 0.002759.
    assert selection_effect(1, 10, 12, 24).p == pytest.approx(0.002759456, rel=1e-6)


def test_a_selection_against_newcombe() -> None:
    # Newcombe (1998, table II, example a, method 10): 56/70 minus 48/80 is 0.2, from 0.0524 to 0.3339.
    effect = selection_effect(56, 70, 104, 150)
    scale = 80 / 150
    assert effect.difference == pytest.approx(0.2 * scale)
    assert effect.low == pytest.approx(0.0524 * scale, abs=5e-5)
    assert effect.high == pytest.approx(0.3339 * scale, abs=5e-5)


def test_a_large_selection_is_exact_and_quick() -> None:
    from math import comb

    n, k, kept = 300, 90, 200
    chances = [comb(k, i) * comb(n - k, kept - i) / comb(n, kept) for i in range(k + 1)]
    for seen in (40, 60, 75):
        rarer = sum(chance for chance in chances if chance <= chances[seen] * (1 + 1e-9))
        assert selection_effect(seen, kept, k, n).p == pytest.approx(rarer, rel=1e-9)
    assert selection_effect(400_000, 800_000, 500_000, 1_000_000).p == pytest.approx(1.0)
    assert selection_effect(390_000, 800_000, 500_000, 1_000_000).p < 1e-9


def test_a_selection_that_takes_all_or_nothing_claims_nothing() -> None:
    for effect in (selection_effect(5, 10, 5, 10), selection_effect(0, 0, 5, 10), selection_effect(0, 0, 0, 0)):
        assert effect.p == 1.0
    with pytest.raises(UserError, match="cannot be"):
        selection_effect(6, 10, 5, 20)


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []
    assert holm([0.9, 0.8]) == [1.0, 1.0]
