"""The journal in a real PostgreSQL: the same promises as the file's, with writers in several processes and a server that goes."""

import json
import multiprocessing
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.open import open_journal
from secondhalf.models.journal.postgresql import CLAIMS, REPLIES, PostgresqlJournal
from secondhalf.models.request import Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests


class Slow(Dummy):
    """A dummy that takes its time."""

    def generate(self, request: Request) -> Reply:
        time.sleep(0.01)
        return super().generate(request)


@pytest.fixture
def address(postgresql_address: str, tmp_path: Path) -> str:
    """The address of a database whose tables of ours are empty."""
    journal = PostgresqlJournal(postgresql_address, tmp_path / "journal.sqlite")
    for table in (REPLIES, CLAIMS):
        journal.run(partial(_empty, table))
    journal.close()
    return postgresql_address


def _empty(table: sa.Table, connection: sa.Connection) -> None:
    connection.execute(sa.delete(table))


@pytest.fixture
def journal(address: str, tmp_path: Path) -> PostgresqlJournal:
    return PostgresqlJournal(address, tmp_path / "journal.sqlite")


def _requests(count: int, start: int = 0) -> list[Request]:
    return [Request(f"r{i}", (("user", f"say number {i}"),), Sampling()) for i in range(start, start + count)]


def test_a_reply_comes_back_as_it_was_whatever_it_holds(journal: PostgresqlJournal):
    request = _requests(1)[0]
    reply = Reply("nul \0, 川\ud83e 😀 \"'\\", "stop", 3, 4, 1.25, "m-2", '{"a": -0.5}', True)
    journal.store("m", [(request, reply)])
    assert journal.find([request.key("m"), "another"]) == {request.key("m"): reply}
    journal.store("m", [(request, Reply("later", "stop", 1, 1))])  # the first stays
    assert journal.find([request.key("m")])[request.key("m")] == reply
    assert len(journal) == 1


def test_failed_and_damaged_replies_are_asked_again_and_replaced(journal: PostgresqlJournal):
    failed, damaged = _requests(2)
    journal.store("m", [(failed, Reply("half", "abort", 1, 1)), (damaged, Reply("whole", "stop", 1, 1))])
    other = json.dumps(["x"] * 13)
    journal.run(lambda c: c.execute(sa.update(REPLIES).where(REPLIES.c.key == damaged.key("m")).values(reply=other)))
    assert journal.find([failed.key("m"), damaged.key("m")]) == {}
    journal.store("m", [(one, Reply("anew", "stop", 1, 1)) for one in (failed, damaged)])
    assert {reply.text for reply in journal.find([failed.key("m"), damaged.key("m")]).values()} == {"anew"}


def _ask(address: str, folder: Path, out: Any) -> None:
    engine = Slow()
    calls: list[str] = []
    generate = engine.generate
    engine.generate = lambda request: (calls.append(request.id), generate(request))[1]  # type: ignore[method-assign]
    replies = dict(send_requests(_requests(60), "m", lambda: engine, open_journal(address, folder), "test"))
    out.put((len(replies), len(calls)))


def test_two_processes_pay_once_for_what_both_want(address: str, tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    out = context.Queue()
    processes = [context.Process(target=_ask, args=(address, tmp_path / str(i), out)) for i in range(2)]
    for process in processes:
        process.start()
    results = [out.get(timeout=120) for _ in processes]
    for process in processes:
        process.join(30)
    assert [count for count, _ in results] == [60, 60]
    assert sum(calls for _, calls in results) == 60


def test_claims_of_a_dead_owner_are_free_and_those_of_a_living_one_are_not(address: str, tmp_path: Path):
    one, other = (PostgresqlJournal(address, tmp_path / "j.sqlite") for _ in range(2))
    with one.claims() as mine, other.claims() as theirs:
        assert mine.acquire(["a", "b"]) == {"a", "b"}
        assert theirs.acquire(["b", "c"]) == {"c"}
        mine.release(["b"])
        assert theirs.acquire(["b"]) == {"b"}
    lost = one.claims()
    lost.__enter__().acquire(["d"])
    with other.claims() as theirs:
        assert theirs.acquire(["d"]) == set()
        lost._held.invalidate()  # type: ignore[attr-defined]  # as when its process is killed
        assert theirs.acquire(["d"]) == {"d"}
    assert one.run(lambda c: c.execute(sa.select(sa.func.count()).select_from(CLAIMS)).scalar_one()) == 0


def test_a_server_that_goes_and_comes_back_loses_nothing(
    address: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    journal, request = PostgresqlJournal(address, tmp_path / "j.sqlite"), _requests(1)[0]
    real = journal._engine
    gone = sa.create_engine("postgresql+pg8000://nobody@127.0.0.1:1/none")
    journal._engine = gone
    storing = threading.Thread(target=journal.store, args=("m", [(request, Reply("kept", "stop", 1, 1))]))
    storing.start()
    time.sleep(0.3)
    journal._engine = real
    storing.join(30)
    assert journal.find([request.key("m")])[request.key("m")].text == "kept"
    assert "is gone" in caplog.text
    journal._engine, journal.patience = gone, 0.1
    with pytest.raises(UserError, match=r"database is gone .*start again; what was stored is kept"):
        journal.find(["a"])


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("postgresql://127.0.0.1:1/none", "cannot be used .*correct the address or PGPASSWORD"),
        ("postgresql://somebody:secret@127.0.0.1/x", "put it into PGPASSWORD"),
        ("postgresql://[::1/x", "is no address"),
        ("mysql://127.0.0.1/x", "mysql is not supported"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_sentence(url: str, words: str, tmp_path: Path):
    with pytest.raises(UserError, match=words) as error:
        open_journal(url, tmp_path)
    assert "secret" not in str(error.value)
