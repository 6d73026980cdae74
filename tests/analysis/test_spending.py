"""What a manifest tells of money."""

from secondhalf.analysis.spending import Spending, spending
from secondhalf.recipe.report import ReportSettings

PAID = {"calls": 6, "prompt_tokens": 60, "response_tokens": 30, "dollars": 0.5}


def test_the_journals_share_is_what_was_not_paid_for():
    manifest = {"model_calls": 10, "prompt_tokens": 100, "response_tokens": 50}
    judged = {"calls": 4, "prompt_tokens": 9, "response_tokens": 4, "dollars": 0.25}
    assert spending({**manifest, "paid": {"teacher": PAID, "judge": judged}}) == Spending(14, 4, 109, 54, 0.75)
    assert spending({"seconds": 2.0, "seconds_in_all": 9.0}).seconds == 9.0
    # A stage of another time tells no account: nothing is claimed of it.
    assert spending(manifest) == Spending(10, 0, 100, 50, 0.0)
    assert spending({"rows": 5}) == Spending()


def test_an_unknown_price_stays_unknown():
    assert spending({"model_calls": 6, "paid": {"teacher": {**PAID, "dollars": None}}}).dollars is None


def test_dollars_need_a_rate_in_another_currency():
    assert ReportSettings().from_dollars(2.0) == 2.0
    assert ReportSettings(currency="JPY").from_dollars(2.0) is None
    assert ReportSettings(currency="JPY").from_dollars(0.0) == 0.0
    yen = ReportSettings(currency="JPY", dollar=150, hourly_price=300)
    assert yen.from_dollars(2.0) == 300
    assert yen.hour_in_dollars == 2.0
    assert ReportSettings(currency="JPY", hourly_price=300).hour_in_dollars == 0.0


def test_calls_whose_tokens_are_estimated_are_counted():
    assert spending({"model_calls": 10, "paid": {"teacher": {**PAID, "estimated": 4}, "draft": PAID}}).estimated == 4
