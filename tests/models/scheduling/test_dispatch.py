"""The journal and the asking: nothing is paid for twice, nothing is lost."""

import threading
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests


class Counting(Dummy):
    """A dummy that counts its calls, and dies after some of them."""

    def __init__(self, dies_after: int | None = None) -> None:
        super().__init__()
        self.calls, self._left, self._lock = 0, dies_after, threading.Lock()

    def generate(self, request: Request) -> Reply:
        with self._lock:
            if self._left is not None and self.calls >= self._left:
                raise RuntimeError("the engine died")
            self.calls += 1
        return super().generate(request)


def _requests(count: int, **sampling) -> list[Request]:
    return [Request(f"r{i}", (("user", f"one two three four {i}"),), Sampling(**sampling)) for i in range(count)]


def test_every_request_is_answered_once_and_remembered(tmp_path: Path):
    journal, engine = Journal(tmp_path / "j.sqlite"), Counting()
    first = dict(send_requests(_requests(50), "m", lambda: engine, journal, "test"))
    again = dict(send_requests(_requests(50), "m", lambda: pytest.fail("the model was loaded"), journal, "test"))
    assert engine.calls == 50
    assert {row: reply.text for row, reply in first.items()} == {row: reply.text for row, reply in again.items()}


def test_an_engine_that_dies_loses_no_finished_reply(tmp_path: Path):
    journal, dying, healthy = Journal(tmp_path / "j.sqlite"), Counting(dies_after=20), Counting()
    with pytest.raises(RuntimeError):
        dict(send_requests(_requests(50), "m", lambda: dying, journal, "test"))
    kept = len(journal)
    # At most those in flight beside the failing one were not stored.
    assert 20 - dying.slots <= kept <= 20
    assert len(dict(send_requests(_requests(50), "m", lambda: healthy, journal, "test"))) == 50
    assert healthy.calls == 50 - kept


def test_another_model_sampling_or_text_is_another_reply(tmp_path: Path):
    one = _requests(1)[0]
    keys = {
        one.key("m"),
        one.key("n"),
        _requests(1, temperature=0.1)[0].key("m"),
        Request("r0", (("user", "else"),), Sampling()).key("m"),
    }
    assert len(keys) == 4
    assert Request("another row", one.messages, one.sampling).key("m") == one.key("m")


def test_equal_requests_are_asked_once(tmp_path: Path):
    twins = [Request(f"r{i}", (("user", "the same words here"),), Sampling()) for i in range(5)]
    engine = Counting()
    replies = dict(send_requests(twins, "m", lambda: engine, Journal(tmp_path / "j.sqlite"), "test"))
    assert engine.calls == 1
    assert len(replies) == 5


def test_a_refused_request_does_not_take_others_with_it(tmp_path: Path):
    requests = [*_requests(5), Request("bad", (("user", "refuse this please"),), Sampling())]
    replies = dict(send_requests(requests, "m", Dummy, Journal(tmp_path / "j.sqlite"), "test"))
    assert isinstance(replies["bad"], RefusedError)
    assert sum(isinstance(reply, Reply) for reply in replies.values()) == 5


def test_a_file_that_is_no_journal_is_named(tmp_path: Path):
    (tmp_path / "j.sqlite").write_text("not a database, but long enough to be mistaken for one" * 20)
    with pytest.raises(UserError, match=r"j\.sqlite"):
        Journal(tmp_path / "j.sqlite")


class _Charges:
    """A ledger with money for so many replies."""

    def __init__(self, replies: int) -> None:
        self.left = replies

    @property
    def exhausted(self) -> str:
        return "" if self.left > 0 else "The budget is spent: raise it."

    def charge(self, prompt_tokens: int, response_tokens: int) -> None:
        self.left -= 1


def test_a_spent_budget_stops_with_its_sentence_and_keeps_what_is_in_flight(tmp_path: Path):
    journal, charges, engine = Journal(tmp_path / "j.sqlite"), _Charges(10), Counting()
    with pytest.raises(UserError, match="The budget is spent"):
        dict(send_requests(_requests(50), "m", lambda: engine, journal, "test", charges))
    assert engine.calls == len(journal) <= 10 + engine.slots
    assert len(dict(send_requests(_requests(50), "m", lambda: engine, journal, "test", _Charges(100)))) == 50
    assert engine.calls == 50


def test_requests_stream_in_as_replies_stream_out(tmp_path: Path):
    taken: list[int] = []

    def requests():
        for number in range(3000):
            taken.append(number)
            yield Request(f"r{number}", (("user", f"say {number}"),), Sampling())

    got, most = 0, 0
    for _ in send_requests(requests(), "m", Dummy, Journal(tmp_path / "j.sqlite"), "test"):
        got += 1
        most = max(most, len(taken) - got)
    assert got == 3000
    assert most <= 768  # what is in hand, whatever the number of rows


def test_an_asker_that_loses_interest_ends_the_asking(tmp_path: Path):
    engine, journal, before = Counting(), Journal(tmp_path / "j.sqlite"), set(threading.enumerate())
    answers = send_requests(_requests(500), "m", lambda: engine, journal, "test")
    next(answers)
    answers.close()
    assert engine.calls == len(journal) < 500
    assert len(set(threading.enumerate()) - before) < 10


def test_equal_requests_of_a_refused_one_are_all_refused(tmp_path: Path):
    twins = [Request(f"r{i}", (("user", "refuse this"),), Sampling()) for i in range(5)]
    replies = dict(send_requests(twins, "m", Dummy, Journal(tmp_path / "j.sqlite"), "test"))
    assert len(replies) == 5
    assert all(isinstance(reply, RefusedError) for reply in replies.values())
