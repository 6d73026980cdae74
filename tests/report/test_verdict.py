"""The verdict in a sentence: what came out, on what, with which interval, and what it does not cover."""

from secondhalf.report.page import render
from secondhalf.report.verdict import outcome, primary, sentence
from support.report_facts import rich


def test_the_first_comparison_on_the_primary_figure_decides() -> None:
    verdicts = primary(rich())
    assert [(s.comparison.against, s.outcome) for s in verdicts] == [("original", "better"), ("untouched", "better")]
    assert primary(rich().model_copy(update={"primary": "other"})) == []


def test_english() -> None:
    text = primary(rich())[0].sentence
    parts = ["“taught” is better than “original” by 0.054", "0.007 to 0.101", "120 prompts", "3 and 3 training seeds"]
    for part in [*parts, "nats a token", "locked", "margin of the right response"]:
        assert part in text


def test_japanese() -> None:
    text = primary(rich("ja"))[0].sentence
    for part in (
        "「taught」は「original」より 0.054 良い",
        "0.007〜0.101",
        "プロンプト 120 件",
        "最終評価専用",
        "nat/トークン",
    ):
        assert part in text


def test_one_seed_is_said() -> None:
    assert "one training seed, so training noise is not covered" in sentence(
        rich("en", 1).comparisons[0], rich("en", 1)
    )
    assert "学習のばらつきは含まない" in sentence(rich("ja", 1).comparisons[0], rich("ja", 1))


def test_shares_are_given_in_points_and_with_a_true_minus() -> None:
    facts = rich()
    text = sentence(facts.comparisons[4], facts)
    assert "within noise" in text
    assert "percentage points" in text
    assert "+3.8 between" in text or "+4 between" in text
    assert "−2" in text
    assert "-2" not in text


def test_lower_is_better() -> None:
    facts = rich()
    lower = facts.comparisons[0].model_copy(update={"higher_is_better": False})
    assert outcome(lower) == "worse"
    assert "is worse than" in sentence(lower, facts)


def test_a_figure_that_moves_when_nothing_was_learned_gets_no_verdict() -> None:
    for language, no_evidence, higher in (
        (
            "en",
            "no evidence of following instructions: it moves when the model only becomes more certain",
            "is higher than",
        ),
        ("ja", "証拠になりません（モデルが語の選択に確信を強めるだけで動く", "高い"),
    ):
        facts = rich(language)
        moved = [c.model_copy(update={"moves_with": ["sharpness", "topic"]}) for c in facts.comparisons]
        facts = facts.model_copy(update={"comparisons": moved})
        stated = primary(facts)[0]
        assert stated.outcome == "unclaimed"
        assert no_evidence in stated.sentence
        assert higher in stated.sentence
        page = render(facts)
        assert 'class="verdict unclaimed"' in page
        assert stated.sentence[:20] in page
        assert "is better than" not in page
