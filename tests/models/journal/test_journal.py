"""The journal of several processes, of an earlier version, on a full disk, and damaged."""

import json
import multiprocessing
import sqlite3
import threading
import time
from contextlib import nullcontext
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.engines.dummy import Dummy
from secondhalf.models.journal.claims import Claims
from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.scheduling.prefetch import Prefetcher
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from support.bad_server import BadServer

VERSION_1 = """CREATE TABLE replies (
    key TEXT PRIMARY KEY, model TEXT NOT NULL, messages TEXT NOT NULL, sampling TEXT NOT NULL, text TEXT NOT NULL,
    finish TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, response_tokens INTEGER NOT NULL, seconds REAL NOT NULL,
    created REAL NOT NULL) WITHOUT ROWID"""


def _requests(count: int, start: int = 0) -> list[Request]:
    return [Request(f"r{i}", (("user", f"say number {i}"),), Sampling()) for i in range(start, start + count)]


def test_a_journal_of_version_1_is_read_and_written(tmp_path: Path):
    path, (old, new) = tmp_path / "j.sqlite", _requests(2)
    with sqlite3.connect(path) as db:
        db.execute(VERSION_1)
        db.execute(
            "INSERT INTO replies VALUES (?,?,?,?,?,?,?,?,?,?)",
            [old.key("m"), "m", "[]", "{}", "said", "stop", 1, 2, 3.0, 4.0],
        )
    db.close()
    for _ in range(2):  # opened again, it is of our version already
        journal = Journal(path)
        assert journal.find([old.key("m")])[old.key("m")] == Reply("said", "stop", 1, 2, 3.0)
        journal.store("m", [(new, Reply("more", "length", 1, 1, model="m-2", first_tokens='{"more": -0.1}'))])
        assert journal.find([new.key("m")])[new.key("m")].model == "m-2"
        assert journal.find([new.key("m")])[new.key("m")].first_tokens == '{"more": -0.1}'
        journal.close()


def test_a_journal_of_version_2_keeps_what_it_had(tmp_path: Path):
    path, [old] = tmp_path / "j.sqlite", _requests(1)
    Journal(path).close()
    with sqlite3.connect(path) as db:
        for column in ("first_tokens", "estimated", "checksum"):
            db.execute(f"ALTER TABLE replies DROP COLUMN {column}")
        row = [old.key("m"), "m", "[]", "{}", "said", "stop", 1, 2, 3.0, 4.0, "m-2"]
        db.execute(f"INSERT INTO replies VALUES ({','.join('?' * 11)})", row)
        db.execute("PRAGMA user_version = 2")
    db.close()
    assert Journal(path).find([old.key("m")]) == {old.key("m"): Reply("said", "stop", 1, 2, 3.0, "m-2")}


def _send_in_a_process(path: Path, url: str, start: int, out: Path) -> None:
    servers = Servers("m", ServerSettings(urls=[url], max_in_flight=8))
    journal = Journal(path)
    replies = dict(send_requests(_requests(120, start), servers.identity, lambda: servers, journal, "test"))
    out.write_text(json.dumps({row: reply.text for row, reply in replies.items()}))


def test_two_processes_on_a_new_journal_pay_for_nothing_twice(tmp_path: Path):
    context = multiprocessing.get_context("spawn")
    with BadServer() as server:
        server.seconds = 0.005
        both = [
            context.Process(
                target=_send_in_a_process, args=(tmp_path / "j.sqlite", server.url, start, tmp_path / f"{start}.json")
            )
            for start in (0, 40)  # 80 rows of both are the same
        ]
        for process in both:
            process.start()
        for process in both:
            process.join(60)
        assert [process.exitcode for process in both] == [0, 0]
        request_ids = [prompt for prompt, _ in server.calls]
    assert len(request_ids) == len(set(request_ids)) == 160
    assert (
        len(json.loads((tmp_path / "0.json").read_text())) == len(json.loads((tmp_path / "40.json").read_text())) == 120
    )
    assert sqlite3.connect(tmp_path / "j.sqlite").execute("PRAGMA integrity_check").fetchone() == ("ok",)


def _claim_and_hang(path: Path, keys: list[str], ready: Path) -> None:
    with Claims(Journal(path)) as claims:
        claims.acquire(keys)
        ready.touch()
        time.sleep(600)


def test_what_a_living_process_asks_is_left_to_it_and_taken_over_when_it_is_killed(tmp_path: Path):
    path, requests = tmp_path / "j.sqlite", _requests(6)
    keys = [request.key("dummy") for request in requests[:3]]
    Journal(path).close()
    process = multiprocessing.get_context("spawn").Process(
        target=_claim_and_hang, args=(path, keys, tmp_path / "ready")
    )
    process.start()
    try:
        while not (tmp_path / "ready").exists():
            time.sleep(0.01)
        replies: dict[str, Reply | RefusedError] = {}
        for row, reply in send_requests(requests, "dummy", Dummy, Journal(path), "test"):
            replies[row] = reply
            if len(replies) == 3:
                assert set(replies) == {"r3", "r4", "r5"}
                process.kill()
                process.join()
        assert len(replies) == 6
    finally:
        process.kill()
    assert Journal(path).read("SELECT * FROM claims", ()) == []
    assert list((tmp_path / "j.sqlite-owners").iterdir()) == []


def test_a_reply_that_another_stores_is_taken_from_it(tmp_path: Path):
    journal, requests = Journal(tmp_path / "j.sqlite"), _requests(2)
    with Claims(journal) as other:
        assert other.acquire([requests[0].key("dummy")]) == {requests[0].key("dummy")}

        def store() -> None:
            journal.store("dummy", [(requests[0], Reply("from the other", "stop", 1, 1))])

        threading.Timer(0.2, store).start()
        replies = dict(send_requests(requests, "dummy", Dummy, journal, "test"))
    assert replies["r0"].text == "from the other"


def test_a_full_disk_is_waited_for_and_nothing_is_lost(tmp_path: Path, caplog):
    journal = Journal(tmp_path / "j.sqlite")
    pages = journal.read("PRAGMA page_count", ())[0][0]
    journal.read(f"PRAGMA max_page_count = {pages + 8}", ())
    threading.Timer(0.5, lambda: journal.read("PRAGMA max_page_count = 100000", ())).start()
    engine = Dummy()
    request_ids: list[str] = []
    inner = engine.generate
    engine.generate = lambda request: request_ids.append(request.id) or inner(request)
    replies = dict(send_requests(_requests(300), "dummy", lambda: engine, journal, "test"))
    assert len(replies) == len(journal) == len(request_ids) == 300
    assert caplog.text.count("is full: free space") == 1


def test_a_disk_that_stays_full_ends_in_one_sentence_and_goes_on_later(tmp_path: Path):
    journal = Journal(tmp_path / "j.sqlite")
    journal.patience = 0.05
    pages = journal.read("PRAGMA page_count", ())[0][0]
    journal.read(f"PRAGMA max_page_count = {pages + 8}", ())
    with pytest.raises(UserError, match="disk is full: free space and start again"):
        dict(send_requests(_requests(300), "dummy", Dummy, journal, "test"))
    kept = len(journal)
    assert 0 < kept < 300
    journal.close()
    again = Journal(tmp_path / "j.sqlite")
    assert len(dict(send_requests(_requests(300), "dummy", Dummy, again, "test"))) == len(again) == 300


def test_a_damaged_journal_names_the_mend(tmp_path: Path):
    path = tmp_path / "j.sqlite"
    journal = Journal(path)
    dict(send_requests(_requests(300), "dummy", Dummy, journal, "test"))
    journal.close()
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = b"\xff" * len(content[4096 * 3 :])
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"j\.sqlite cannot be used .*\.recover"):
        dict(send_requests(_requests(300), "dummy", Dummy, Journal(path), "test"))


def test_ahead_hands_out_shards_while_later_ones_are_under_way(tmp_path: Path):
    journal, requests = Journal(tmp_path / "j.sqlite"), _requests(90)
    requests[70] = Request("r70", (("user", "refuse this one"),), Sampling())
    engine = Dummy()
    request_ids: list[str] = []
    inner = engine.generate
    engine.generate = lambda request: request_ids.append(request.id) or inner(request)
    prefetcher = Prefetcher(iter(requests), lambda more: send_requests(more, "dummy", lambda: engine, journal, "test"))
    for start in (0, 30, 60):
        replies = prefetcher.replies(requests[start : start + 30])
        assert set(replies) == {f"r{i}" for i in range(start, start + 30)}
    assert isinstance(replies["r70"], RefusedError)
    assert len(request_ids) == len(set(request_ids)) == 90
    assert replies["r71"] == journal.find([requests[71].key("dummy")])[requests[71].key("dummy")]


def test_a_reply_that_a_failure_cut_off_is_none_and_gives_way_to_the_answer(tmp_path: Path):
    journal, [request] = Journal(tmp_path / "j.sqlite"), _requests(1)
    key = request.key("m")
    journal.store("m", [(request, Reply("The old mill st", "error", 1, 1))])
    assert journal.find([key]) == {}
    whole = Reply("The old mill stood.", "end_turn", 1, 9, estimated=True)
    journal.store("m", [(request, whole)])
    journal.store("m", [(request, Reply("another", "stop", 1, 1))])
    assert journal.find([key]) == {key: whole}


class BusyUntil:
    """A connection to a journal that another process is making until this second, and a clock that waits in no time."""

    def __init__(self, second: float) -> None:
        self.second, self.now, self.longest = second, 1000.0, 0.0

    def execute(self, _: str) -> None:
        if self.now < self.second:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorname = "SQLITE_BUSY"
            raise error

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now, self.longest = self.now + seconds, max(self.longest, seconds)
        assert self.now < 1100, "it waits for ever"


@pytest.mark.parametrize(("second", "opened"), [(1000, True), (1059, True), (1062, False)])
def test_a_journal_that_another_process_begins_is_waited_for_a_minute(monkeypatch, second: int, opened: bool) -> None:
    busy, own = BusyUntil(second), object.__new__(Journal)
    own._db = busy
    monkeypatch.setattr("secondhalf.models.journal.journal.time", busy)
    with nullcontext() if opened else pytest.raises(sqlite3.OperationalError, match="locked"):
        own._to_wal()
    assert min(second, 1060) <= round(busy.now, 1) <= min(second, 1060) + 0.1
    assert busy.longest < 0.1
