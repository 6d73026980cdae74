"""What stands on the page's first screen."""

from secondhalf.report.view import before_and_after
from support.report_facts import rich


def test_the_first_answers_before_and_after_the_arm_that_is_judged() -> None:
    facts = rich()
    shown = before_and_after(facts)
    assert [sample.prompt_id for sample in shown] == [sample.prompt_id for sample in facts.answers[:3]]
    judged = next(row.arm for row in facts.comparisons if row.figure == facts.primary)
    assert all(list(sample.answers) == ["untouched", judged] for sample in shown)


def test_without_a_comparison_the_taught_arm_is_shown_and_nothing_without_an_untouched_one() -> None:
    facts = rich()
    shown = before_and_after(facts.model_copy(update={"comparisons": []}))
    assert [list(sample.answers) for sample in shown] == [["untouched", "taught"]] * 3
    trained = [arm for arm in facts.arms if arm.role != "untouched"]
    assert before_and_after(facts.model_copy(update={"arms": trained})) == []
