"""Money: what is charged, what a limit says, and what a stage that was killed still knows."""

import json
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.costs.budget import Budget, BudgetSettings
from secondhalf.models.costs.prices import FREE, Price
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests

PRICE = Price(model="m", prompt=1.0, response=2.0, batch=0.5)


def test_tokens_become_dollars_and_a_batch_costs_its_share():
    assert Budget().ledger("teacher", PRICE).price is PRICE
    for batched, dollars in ((False, 3.0), (True, 1.5)):
        budget = Budget()
        budget.ledger("teacher", PRICE, batched=batched).charge(1_000_000, 1_000_000)
        assert budget.dollars == pytest.approx(dollars)
        assert budget.summary()["teacher"]["calls"] == 1


def test_estimated_tokens_are_charged_and_marked(tmp_path: Path):
    path = tmp_path / "spent.json"
    with Budget(path) as budget:
        ledger = budget.ledger("teacher", PRICE)
        ledger.charge(10, 10)
        assert "estimated" not in budget.summary()["teacher"]
        ledger.charge(10, 10, estimated=True)
        assert budget.summary()["teacher"]["estimated"] == 1
    assert Budget(path).spent["teacher"].estimated == 1


def test_an_hour_of_the_machine_costs_too(monkeypatch):
    budget = Budget(hour=3600.0)
    monkeypatch.setattr("secondhalf.models.costs.budget.time.monotonic", lambda: budget._start + 2.0)
    assert budget.dollars == pytest.approx(2.0)


def test_limits_are_reached_at_their_figure_and_not_before():
    budget = Budget(budget=BudgetSettings(tokens=100))
    ledger = budget.ledger("teacher", PRICE)
    ledger.charge(60, 30)
    assert ledger.exhausted == ""
    assert ledger.shortage(5, 5) == ""
    assert "no room for another request" in ledger.shortage(5, 6)
    ledger.charge(5, 5)
    assert "100 of 100 tokens" in ledger.exhausted
    assert "raise teach.budget.tokens" in ledger.exhausted


def test_two_models_share_one_budget():
    budget = Budget(budget=BudgetSettings(dollars=1.0))
    teacher, judge = budget.ledger("teacher", PRICE), budget.ledger("judge", PRICE)
    teacher.charge(500_000, 0)
    assert not judge.exhausted
    judge.charge(500_000, 0)
    assert "dollars" in teacher.exhausted


def test_an_unknown_price_is_not_taken_for_nothing():
    assert Budget().ledger("teacher", None).exhausted == ""
    budget = Budget(budget=BudgetSettings(tokens=10))
    budget.ledger("teacher", None).charge(1, 1)
    assert budget.summary()["teacher"]["dollars"] is None
    with pytest.raises(UserError, match="price"):
        Budget(budget=BudgetSettings(dollars=1.0)).ledger("teacher", None)


def test_what_was_spent_is_known_after_a_stop(tmp_path: Path):
    path = tmp_path / "spent.json"
    with Budget(path, BudgetSettings(tokens=100)) as budget:
        budget.ledger("teacher", PRICE).charge(70, 20)
    seconds = json.loads(path.read_text())["seconds"]
    again = Budget(path, BudgetSettings(tokens=100))
    assert again.tokens == 90
    assert again.seconds >= seconds
    again.ledger("teacher", PRICE).charge(10, 0)
    assert again.exhausted
    assert not Budget(path, BudgetSettings(tokens=200)).exhausted


def test_a_full_disk_stops_no_account(tmp_path: Path, monkeypatch):
    def full(*_):
        raise UserError("the disk is full")

    path = tmp_path / "spent.json"
    with Budget(path) as budget:
        ledger = budget.ledger("teacher", PRICE)
        monkeypatch.setattr("secondhalf.models.costs.budget.write_atomically", full)
        ledger.charge(10, 10)
        monkeypatch.undo()
    assert Budget(path).tokens == 20


def test_asking_stops_at_the_limit_keeps_everything_and_goes_on(tmp_path: Path):
    requests = [Request(f"r{i}", (("user", f"one two three {i}"),), Sampling()) for i in range(40)]
    journal, path = Journal(tmp_path / "j.sqlite"), tmp_path / "spent.json"
    with Budget(path, BudgetSettings(tokens=80)) as budget, pytest.raises(UserError, match=r"teach\.budget\.tokens"):
        dict(send_requests(requests, "dummy", Dummy, journal, "t", budget.ledger("teacher", FREE)))
    paid = len(journal)
    # Eight tokens a reply; what was in flight at the limit is paid for too.
    assert 10 <= paid <= 10 + Dummy.slots
    assert budget.spent["teacher"].calls == paid
    with Budget(path, BudgetSettings(tokens=8000)) as budget:
        assert len(dict(send_requests(requests, "dummy", Dummy, journal, "t", budget.ledger("teacher", FREE)))) == 40
    assert budget.spent["teacher"].calls == 40
