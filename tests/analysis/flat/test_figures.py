"""The flat table of a run's figures: what limits may name is what a run may measure, and intervals are copied."""

from secondhalf.analysis.facts import Figure
from secondhalf.analysis.flat.figures import FlatFigure, claimed, flat_figures, worst
from secondhalf.analysis.flat.hashes import hash_of_facts
from secondhalf.analysis.flat.kinds import WORST_OF, kind_of, names_of_figures
from support.report_facts import rich


def test_every_figure_of_a_run_has_a_kind_with_its_unit() -> None:
    for (name, _, against), figure in flat_figures(rich(), {"taught": 0.5}, {"taught": (0.1, 0.0, 0.2)}).items():
        kind = kind_of(name)
        assert kind, name
        assert name == "gain" or (kind.unit, kind.of_arm) == (figure.unit, bool(figure.arm)), name
        assert not against or kind.comparable, name


def test_every_name_has_a_kind_and_nothing_else_has() -> None:
    names = names_of_figures()
    assert all(kind_of(name) for name in names)
    assert {
        "minimal_pairs",
        "ifeval.guarded",
        "safety.stereotype_distance",
        "contamination.everyday",
        "gap",
        "leaks",
    } <= set(names)
    assert {part for parts in WORST_OF.values() for part in parts} <= set(names)
    assert kind_of("leaderboard.arc_challenge")
    assert kind_of("leaderboard.") is kind_of("") is kind_of("nothing") is None
    assert (kind_of("entropy").better, kind_of("divergence").better, kind_of("stops").better) == ("", "lower", "higher")


def test_intervals_are_copied() -> None:
    facts = rich()
    figures = flat_figures(facts, {}, {})
    comparison = claimed(facts)
    gain = figures["gain", "", ""]
    assert (gain.value, gain.low, gain.high) == (comparison.difference, comparison.low, comparison.high)
    assert (gain.arm, gain.against) == ("taught", "original")
    assert figures["margin", "taught", "original"].low == gain.low
    assert figures["checks", "original", ""].high == 0.225
    assert figures["safety.false", "taught", "untouched"].unshown == ""
    assert ("pairs", "untouched", "") not in figures


def test_contamination_is_the_worst_share_of_any_benchmark_s_prompts() -> None:
    facts = rich()

    def met(name: str, contaminated: int) -> Figure:
        return Figure(name=name, mean=0.5, low=0.4, high=0.6, prompts=20, contaminated=contaminated)

    arm = facts.arms[2].model_copy(
        update={"figures": [met("ifeval.strict", 1), met("ifeval.loose", 1), met("ifbench.loose", 3)], "errors": []}
    )
    figures = flat_figures(facts.model_copy(update={"arms": [arm]}), {"taught": 0.1}, {})
    shares = {name: figure.high for (name, _, _), figure in figures.items() if name.startswith("contamination")}
    assert shares == {
        "contamination": 0.15, "contamination.everyday": 0.1, "contamination.ifeval": 0.05, "contamination.ifbench": 0.15,
    }  # fmt: skip


def test_the_worst_has_the_largest_ends() -> None:
    rows = [FlatFigure("a", "nats", 0.1, 0.0, 0.5, "x", seeds=3), FlatFigure("b", "nats", 0.2, 0.1, 0.3, "x", seeds=3)]
    assert worst("c", rows) == FlatFigure("c", "nats", 0.2, 0.1, 0.5, "x", seeds=3)


def test_the_hash_of_facts_leaves_out_who_looked_and_when() -> None:
    facts = rich()
    later = facts.model_copy(update={"created": "2030-01-01T00:00:00+00:00", "provenance": []})
    other = facts.model_copy(update={"currency": "JPY"})
    assert hash_of_facts(facts) == hash_of_facts(later) != hash_of_facts(other)
    assert len(hash_of_facts(facts)) == 64
