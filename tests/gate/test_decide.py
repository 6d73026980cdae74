"""Limits held against figures: intervals and not means, nothing for what was not measured or not shown, exceptions to a day."""

from datetime import date

import pytest

from secondhalf.errors import UserError
from secondhalf.gate.policy import Policy
from support.policies import DAY, decide, judged, limit, probed
from support.report_facts import rich


def test_a_gain_counts_by_its_lower_end() -> None:
    # taught against original on the primary figure: +0.054 [0.007, 0.101]
    assert judged(limit("gain", at_least=0)).mark == "yes"
    assert judged(limit("gain", at_least=0.0071)).mark == "yes"
    row = judged(limit("gain", at_least=0.02))
    assert (row.mark, row.why, row.figure.value) == ("no", "beyond", 0.0542)


def test_harm_counts_by_its_upper_end() -> None:
    facts = probed(rich(), forgotten_corpus=0.02, forgotten_en=0.09, forgotten_ja=0.05)
    assert judged(limit("forgetting", at_most=0.09), facts).mark == "yes"
    row = judged(limit("forgetting", at_most=0.08), facts)
    assert (row.mark, row.why, row.figure.high) == ("no", "beyond", 0.09)
    assert judged(limit("forgotten_en", at_most=0.08), facts).mark == "no"
    assert judged(limit("forgotten_ja", at_most=0.08), facts).mark == "yes"


def test_any_figure_of_any_arm() -> None:
    assert judged(limit("checks", at_least=0.19)).mark == "yes"  # taught: 0.267 [0.192, 0.342]
    assert judged(limit("checks", at_least=0.2)).mark == "no"
    assert judged(limit("checks", arm="original", at_least=0.19)).mark == "no"
    assert judged(limit("stops", at_least=0.9)).mark == "yes"
    assert judged(limit("empty", at_most=0, arm="untouched")).mark == "yes"
    assert judged(limit("pairs", at_least=312)).mark == "yes"
    assert judged(limit("seeds", at_least=4)).mark == "no"
    assert judged(limit("contamination", at_most=0)).mark == "yes"
    assert judged(limit("contamination", at_most=0), everyday=0.01).mark == "no"
    assert judged(limit("instruction_share", at_most=0.006)).mark == "yes"
    assert judged(limit("instruction_share", at_most=0.005)).mark == "no"


def test_few_seeds_show_no_gain() -> None:
    for bound in (0, -1):
        row = judged(limit("gain", at_least=bound), rich(seeds=2))
        assert (row.mark, row.why) == ("no", "few_seeds")
    # Nor a loss that is small enough.
    row = judged(limit("safety.false", against="untouched", at_most=0.9), rich(seeds=1))
    assert (row.mark, row.why) == ("no", "few_seeds")
    # A level is what was measured of these seeds.
    assert judged(limit("checks", at_least=0.1), rich(seeds=1)).mark == "yes"


def _claim(**changes: object):
    facts = rich()
    first = facts.comparisons[0].model_copy(update=changes)
    return facts.model_copy(update={"comparisons": [first, *facts.comparisons[1:]]})


def test_a_difference_within_noise_shows_no_gain_but_may_show_no_loss() -> None:
    facts = _claim(noise=True)
    assert judged(limit("gain", at_least=0), facts).why == "noise"
    assert judged(limit("gain", at_least=-0.01), facts).mark == "yes"


def test_a_figure_that_moves_by_itself_carries_no_gain() -> None:
    row = judged(limit("gain", at_least=-5), _claim(moves_with=["sharpness", "format"]))
    assert (row.mark, row.why, row.moves_with) == ("no", "moves", ("sharpness", "format"))


def test_prompts_to_choose_on_show_no_gain() -> None:
    facts = rich().model_copy(update={"claims": "choose"})
    assert judged(limit("gain", at_least=0), facts).why == "choose"


def test_a_gain_in_what_is_better_the_lower_grows_upwards() -> None:
    facts = _claim(difference=-0.2, low=-0.3, high=-0.1, higher_is_better=False)
    row = judged(limit("gain", at_least=0.1), facts)
    assert (row.mark, row.figure.value, row.figure.low, row.figure.high) == ("yes", 0.2, 0.1, 0.3)


@pytest.mark.parametrize(
    ("figure", "why"),
    [
        ("forgetting", "probes"),
        ("leaks", "probes"),
        ("gap", "probes"),
        ("toxicity", "toxicity"),
        ("safety.continued_toxic", "toxicity"),
        ("personal_data", "safety"),
        ("safety.rude", "safety"),
        ("cost", "unpriced"),
        ("cost_per_pair", "unpriced"),
        ("ifeval.no_answer", "not_measured"),
        ("contamination.ifeval", "not_measured"),
    ],
)
def test_what_was_not_measured_fails(figure: str, why: str) -> None:
    row = judged(limit(figure, at_most=1))
    assert (row.mark, row.why, row.figure) == ("unmeasured", why, None)
    assert not decide(Policy(name="p", limits=[limit(figure, at_most=1)])).passed


def test_what_was_not_measured_fails_for_every_reason_there_is() -> None:
    facts = rich().model_copy(update={"comparisons": []})
    assert judged(limit("gain", at_least=0), facts).why == "unclaimed"
    assert judged(limit("minimal_pairs", against="untouched", at_least=0)).why == "uncompared"
    assert judged(limit("contamination", at_most=0), everyday=None).mark == "unmeasured"
    assert judged(limit("instruction_share", at_most=1), everyday=None).why == "detector"
    assert judged(limit("review_agreement", at_least=0.6)).why == "unreviewed"
    partly = probed(rich(), forgotten_corpus=0.01, forgotten_en=0.01)
    assert judged(limit("forgetting", at_most=1), partly).why == "probes"


def test_money_counts_when_all_of_it_is_known_and_in_the_policy_s_currency() -> None:
    costs = [cost.model_copy(update={"money": cost.money or 0.0}) for cost in rich().costs]
    facts = rich().model_copy(update={"costs": costs})
    assert judged(limit("cost", at_most=0.7), facts).mark == "yes"  # 0.21 and 0.47
    assert judged(limit("cost", at_most=0.6), facts).mark == "no"
    assert judged(limit("cost_per_pair", at_most=0.01), facts).mark == "yes"
    assert judged(limit("cost", at_most=1), facts.model_copy(update={"machine_priced": False})).why == "unpriced"
    row = judged(limit("cost", at_most=1), facts.model_copy(update={"currency": "JPY"}))
    assert (row.mark, row.why) == ("unmeasured", "currency")
    assert judged(limit("hours", at_most=2), facts).mark == "yes"  # 1.9
    assert judged(limit("hours", at_most=1.9), facts).mark == "no"


def test_judges_count_by_the_worst_of_them() -> None:
    assert judged(limit("judge_right", at_least=0.85)).mark == "yes"
    assert judged(limit("judge_right", at_least=0.86)).mark == "no"
    assert judged(limit("judge_flips", at_most=0.17)).mark == "yes"


def test_an_exception_holds_through_its_day() -> None:
    def over(until: str) -> dict[str, str]:
        return {"until": until, "reason": "the next run has more"}

    policy = Policy(name="p", limits=[limit("pairs", at_least=1000, exception=over("2027-03-01"))])
    on_it, after = decide(policy), decide(policy, day=date(2027, 3, 2))
    assert (on_it.passed, on_it.rows[0].mark, on_it.rows[0].excepted, len(on_it.excepted)) == (True, "no", True, 1)
    assert (after.passed, after.rows[0].excepted, after.rows[0].expired) == (False, False, True)
    # It says nothing of a limit that is kept.
    kept = decide(Policy(name="p", limits=[limit("pairs", at_least=1, exception=over("2027-03-01"))]))
    assert (kept.rows[0].mark, kept.rows[0].excepted) == ("yes", False)
    missing = decide(Policy(name="p", limits=[limit("leaks", at_most=0.1, exception=over("2027-03-01"))]))
    assert (missing.passed, missing.rows[0].mark) == (True, "unmeasured")


def test_a_should_is_a_remark() -> None:
    decision = decide(
        Policy(name="p", limits=[limit("pairs", at_least=1), limit("seeds", at_least=9, severity="should")])
    )
    assert (decision.passed, len(decision.remarks), len(decision.failed)) == (True, 1, 0)


def test_an_arm_that_is_not_there_is_named_with_the_nearest() -> None:
    for one in (
        limit("pairs", arm="tought", at_least=1),
        limit("minimal_pairs", against="tought", at_least=0),
    ):
        with pytest.raises(UserError, match=r"p\.yaml: the run first-run has no arm tought; did you mean taught\?"):
            judged(one)
    with pytest.raises(UserError, match="it has untouched, original, taught"):
        decide(Policy(name="p", arm="zzz", limits=[limit("pairs", at_least=1)]))


def test_whose_figure_it_is_where_nobody_says() -> None:
    facts = rich()
    without = facts.model_copy(update={"comparisons": []})
    assert judged(limit("pairs", at_least=1), facts).arm == "taught"
    assert judged(limit("pairs", at_least=1), without).arm == "taught"
    nameless = [arm.model_copy(update={"role": ""}) for arm in facts.arms]
    with pytest.raises(UserError, match="write `arm:`"):
        judged(limit("pairs", at_least=1), without.model_copy(update={"arms": nameless}))
    policy = Policy(name="p", arm="original", limits=[limit("pairs", at_least=1)])
    assert decide(policy, without).rows[0].arm == "original"


def test_an_arm_is_not_held_against_itself_whoever_names_it() -> None:
    for policy in (
        Policy(name="p", limits=[limit("minimal_pairs", arm="taught", against="taught", at_least=0)]),
        Policy(name="p", arm="taught", limits=[limit("minimal_pairs", against="taught", at_least=0)]),
        Policy(name="p", limits=[limit("minimal_pairs", against="taught", at_least=0)]),
    ):
        with pytest.raises(UserError, match=r"p\.yaml: minimal_pairs: taught is held against itself"):
            decide(policy)


def test_two_limits_on_one_figure_are_seen_where_one_of_them_names_no_arm() -> None:
    limits = [limit("pairs", at_least=1), limit("pairs", arm="taught", at_least=9, severity="should")]
    with pytest.raises(UserError, match=r"p\.yaml: pairs of taught has a limit already"):
        decide(Policy(name="p", limits=limits))
    limits[1] = limit("pairs", arm="original", at_least=9, severity="should")
    assert len(decide(Policy(name="p", limits=limits)).rows) == 2


def test_the_day_is_the_decision_s() -> None:
    assert decide("first_trial").day == DAY
