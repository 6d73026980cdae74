"""From tables of scores to what the page says of each arm: means, differences, their signs, and which side is the better."""

import pytest

from secondhalf.analysis.figures import FIGURES, LOWER_IS_BETTER, arm_of, comparisons, unit_of
from secondhalf.recipe import Recipe
from support.made_tables import MadeTables

RECIPE = Recipe.model_validate(
    {
        "name": "r",
        "corpus": {"path": "texts.txt"},
        "students": {"base": "base"},
        "data": {"taught": {"teach": {"model": "teacher"}}},
        "arms": {
            "untouched": {"student": "base"},
            "taught": {"student": "base", "data": {"taught": 1}, "train": {"seeds": [1, 2, 3]}},
        },
    }
)
IDS = [f"p{n:02}" for n in range(40)]


def _constant(value: float) -> dict[str, float]:
    # Half above, half below: the mean is exact, and the interval has a width.
    return {id: value + (0.01 if n % 2 else -0.01) for n, id in enumerate(IDS)}


# Each figure has values of its own, so that one in another's place is seen.
UNTOUCHED = {
    "minimal_pairs": _constant(0.50), "relevance": _constant(1.0), "margin": _constant(0.3), "ranking": _constant(0.6),
    "constraints": _constant(0.40), "constraints_cut": _constant(0.42), "checks": _constant(0.20), "checks_cut": _constant(0.25),
    "stops": _constant(0.70), "repeats": _constant(0.30), "language_kept": _constant(0.9), "minimal_pair": _constant(0.55),
    "entropy": _constant(2.0),
}  # fmt: skip
GAINS = {
    "minimal_pairs": 0.25, "relevance": 0.75, "margin": -0.125, "ranking": 0.1, "constraints": 0.2, "constraints_cut": 0.19,
    "checks": 0.3, "checks_cut": 0.28, "stops": -0.2, "repeats": -0.15, "language_kept": 0.05, "minimal_pair": 0.01, "entropy": -0.5,
}  # fmt: skip


def _taught(seed: float) -> dict[str, dict[str, float]]:
    return {
        figure: {id: value + GAINS[figure] + seed for id, value in values.items()}
        for figure, values in UNTOUCHED.items()
    }


TABLES = MadeTables(RECIPE, {"untouched": [UNTOUCHED], "taught": [_taught(seed) for seed in (-0.001, 0.0, 0.001)]})


def test_a_figure_is_the_mean_of_its_own_scores() -> None:
    for name, gain in (("untouched", 0), ("taught", 1)):
        arm = arm_of(name, TABLES)
        figures = {figure.name: figure for figure in (*arm.figures, *arm.probes)}
        assert [figure.name for figure in arm.figures] == list(FIGURES)
        assert set(figures) == set(UNTOUCHED) - {"minimal_pair"}
        for figure in figures.values():
            expected = sum(UNTOUCHED[figure.name].values()) / 40 + gain * GAINS[figure.name]
            assert figure.mean == pytest.approx(expected), figure.name
            assert figure.low < figure.mean < figure.high
            assert (figure.prompts, figure.seeds) == (40, 3 if gain else 1)


def test_a_difference_is_the_arm_minus_what_it_is_compared_with() -> None:
    rows = {row.figure: row for row in comparisons(TABLES)}
    assert set(rows) == {*FIGURES, "stops", "repeats", "language_kept"}
    for figure, row in rows.items():
        assert (row.arm, row.against) == ("taught", "untouched")
        assert row.difference == pytest.approx(GAINS[figure]), figure
        assert row.low < row.difference < row.high
        assert (row.prompts, row.seeds, row.seeds_against, row.uncovered) == (40, 3, 1, False)
        assert row.higher_is_better == (figure != "repeats")
        assert row.unit == ("nats" if figure in {"relevance", "margin"} else "share")


def test_the_primary_figure_comes_first_and_its_p_is_not_corrected() -> None:
    rows = comparisons(TABLES)
    assert rows[0].figure == RECIPE.evaluate.primary == "minimal_pairs"
    assert rows[0].p < rows[1].p, "the others share their chance"
    assert [row.figure for row in comparisons(TABLES, ["checks", "stops"])] == ["checks", "stops"]


def test_a_figure_that_one_arm_lacks_is_not_compared_and_one_of_two_prompts_is() -> None:
    few = {"checks": {"a": 0.0, "b": 1.0}, "ranking": {"a": 1.0}, "margin": {"a": 1.0, "b": 2.0}}
    other = {"checks": {"a": 1.0, "b": 1.0, "c": 0.0}, "ranking": {"a": 0.0}}
    tables = MadeTables(RECIPE, {"untouched": [few], "taught": [other] * 3})
    [row] = comparisons(tables)
    assert (row.figure, row.difference, row.prompts) == ("checks", 0.5, 2)
    # What one pair of arms cannot be compared on, the next one can.
    three = Recipe.model_validate(
        {**RECIPE.model_dump(), "arms": {"odd": {"student": "base"}, **RECIPE.model_dump()["arms"]}}
    )
    pairs = {"odd": {"ranking": {"a": 1.0, "b": 0.0}}, "untouched": few, "taught": other}
    tables_of_three = MadeTables(
        three, {name: [scores] * (3 if name == "taught" else 1) for name, scores in pairs.items()}
    )
    compared_on = {(row.arm, row.against): row.figure for row in comparisons(tables_of_three)}
    assert compared_on == {("taught", "untouched"): "checks"}
    assert [figure.name for figure in arm_of("untouched", tables).figures] == ["checks", "margin"]


def test_of_what_is_counted_in_nats_and_of_what_less_is_better() -> None:
    nats = {name for name in (*UNTOUCHED, "divergence", "arena_hard.win", "mt_bench.score") if unit_of(name) == "nats"}
    assert nats == {"relevance", "margin", "entropy", "divergence"}
    assert unit_of("mt_bench.score") == "points"
    assert {
        *("next_turn", "repeats", "echo", "empty", "divergence"),
        *("ifeval.no_answer", "ifeval_ja.no_answer", "ifbench.no_answer"),
        *("safety.broken_harmful", "safety.refused_harmless", "safety.broken_harmless", "safety.broken"),
        *("safety.personal_data", "safety.rude", "safety.toxic", "safety.continued_toxic", "safety.continued_rude"),
        *("safety.false", "safety.contradicts", "safety.stereotype"),
    } == LOWER_IS_BETTER
