"""The verdict in a sentence: what came out, on what, with which interval, and what it does not cover."""

import pytest

from secondhalf.analysis.facts import Facts
from secondhalf.report.page import render
from secondhalf.report.text import as_text
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
        "「taught」は「original」を 0.054 上回ります",
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
    assert "学習のばらつきは含みません" in sentence(rich("ja", 1).comparisons[0], rich("ja", 1))


@pytest.mark.parametrize(("language", "not_shown", "words"), [
    ("en", "Not shown", "is not shown"), ("ja", "確認できず", "差は確認できていません"),
])  # fmt: skip
@pytest.mark.parametrize("seeds", [1, 2])
def test_under_too_few_seeds_nothing_is_better_or_worse(language: str, not_shown: str, words: str, seeds: int) -> None:
    facts = rich(language, seeds)
    stated = primary(facts)
    assert [one.outcome for one in stated] == [
        "unshown",
        "unshown",
    ]  # against the control and against the untouched student
    assert all(words in one.sentence for one in stated)
    page = render(facts)
    assert 'class="verdict unshown"' in page
    assert f"</span>{not_shown}</p>" in page
    assert not any(
        word in page
        for word in ("is better than", "is worse than", "上回ります（", "下回ります（", 'class="forest better"')
    )
    assert not any(
        word in as_text(facts) for word in ("is better than", "is worse than", "上回ります（", "下回ります（")
    )


def test_three_seeds_are_no_evidence_against_one() -> None:
    facts = rich()
    arms = [arm.model_copy(update={"seeds": [1] if arm.name == "original" else arm.seeds}) for arm in facts.arms]
    rows = [row.model_copy(update={"seeds_against": 1}) for row in facts.comparisons if row.against == "original"]
    others = [row for row in facts.comparisons if row.against == "untouched"]
    facts = Facts.model_validate(facts.model_dump() | {"arms": arms, "comparisons": [*rows, *others]})
    assert [one.outcome for one in primary(facts)] == ["unshown", "better"]
    assert "3 and 1 training seeds, so training noise is not covered" in primary(facts)[0].sentence


def test_an_error_that_stands_out_under_one_seed_is_told_and_not_claimed() -> None:
    facts = rich("en", 1)
    error = facts.comparisons[0].model_copy(
        update={"figure": "safety.false", "contaminated": 0, "higher_is_better": False, "noise": False}
    )
    page = render(Facts.model_validate(facts.model_dump() | {"errors": [error]}))
    assert "No comparison on these figures stands out" not in page
    assert "is not shown (measured" in page


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
        ("ja", "証拠になりません（モデルが語の選択に確信を強めるだけで動く", "高くなっています"),
    ):
        facts = rich(language)
        moved = [c.model_copy(update={"moves_with": ["sharpness", "topic"]}) for c in facts.comparisons]
        facts = facts.model_copy(update={"comparisons": moved})
        stated = primary(facts)[0]
        assert stated.outcome == "unclaimed"
        assert no_evidence in stated.sentence
        assert higher in stated.sentence
        page = render(facts)
        assert 'class="verdict unshown"' in page
        assert stated.sentence[:20] in page
        assert "is better than" not in page
