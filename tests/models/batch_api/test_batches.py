"""The batch API: submitted once, waited for, resumed after a kill; refused lines are refusals, expired ones go again."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.batch_api import client as batch_api_client
from secondhalf.models.costs.budget import Budget, BudgetSettings
from secondhalf.models.costs.prices import Price
from secondhalf.models.request import RefusedError, Reply
from support import SCRIPTS
from support.batch_client import client, requests
from support.batch_server import Server, answered, refused, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def _texts(replies: dict) -> dict[str, str]:
    return {row: reply.text if isinstance(reply, Reply) else f"REFUSED {reply}" for row, reply in replies.items()}


def test_everything_is_submitted_once_and_costs_its_share(server: Server, tmp_path: Path):
    batches, journal = client(server.url, tmp_path, lines=4)
    budget = Budget()
    ledger = budget.ledger("teacher", Price(model="m", prompt=1, response=1, batch=0.5), batched=True)
    replies = dict(batches.send_requests(requests(10), journal, "t", ledger))
    assert _texts(replies) == {f"r{i}": f"TEXT NUMBER {i}" for i in range(10)}
    assert [len(server.lines(name)) for name in server.batches] == [4, 4, 2]
    assert budget.summary()["teacher"] == {
        "calls": 10, "prompt_tokens": 50, "response_tokens": 30, "dollars": pytest.approx(80 / 1e6 / 2)
    }  # fmt: skip
    # Asked again, the journal answers; only what is new is submitted.
    assert len(dict(batches.send_requests(requests(11), journal, "t"))) == 11
    assert [len(server.lines(name)) for name in server.batches] == [4, 4, 2, 1]
    assert server.keys == {"Bearer secret"}
    assert b"secret" not in (tmp_path / "batches.sqlite").read_bytes()


def test_a_refused_line_is_a_refusal_with_the_servers_words_and_stays_one(server: Server, tmp_path: Path):
    server.finish = lambda lines, before: ("completed", [answered(line) for line in lines[1:]], [refused(lines[0])])
    batches, journal = client(server.url, tmp_path)
    for _ in range(2):
        replies = _texts(dict(batches.send_requests(requests(3), journal, "t")))
        assert replies == {
            "r0": "REFUSED the server answered 400: not this one", "r1": "TEXT NUMBER 1", "r2": "TEXT NUMBER 2"
        }  # fmt: skip
    assert len(server.batches) == 1


def test_an_expired_batch_is_submitted_again_for_the_missing_ones_alone(server: Server, tmp_path: Path):
    def finish(lines, before):
        if before:
            return "completed", [answered(line) for line in lines], []
        error = {"code": "batch_expired", "message": "This request could not be executed before the batch expired."}
        expired = [{"custom_id": line["custom_id"], "response": None, "error": error} for line in lines[2:]]
        return "expired", [answered(line) for line in lines[:2]], expired

    server.finish = finish
    batches, journal = client(server.url, tmp_path)
    assert len(_texts(dict(batches.send_requests(requests(6), journal, "t")))) == 6
    assert [len(server.lines(name)) for name in server.batches] == [6, 4]


def test_a_line_that_never_comes_back_is_given_up_after_three_batches(server: Server, tmp_path: Path):
    server.finish = lambda lines, before: (
        "completed", [answered(line) for line in lines if "number 0" not in str(line)],
        [refused(line, 500, "broken") for line in lines if "number 0" in str(line) and before],
    )  # fmt: skip
    batches, journal = client(server.url, tmp_path)
    replies = dict(batches.send_requests(requests(2), journal, "t"))
    assert _texts(replies)["r0"] == "REFUSED no answer in 3 batches: the server answered 500: broken"
    assert replies["r0"].fault == "server"
    assert len(server.batches) == 3
    # What was the server's fault is submitted again, and answered when it is mended.
    server.finish = lambda lines, before: ("completed", [answered(line) for line in lines], [])
    assert _texts(dict(batches.send_requests(requests(2), journal, "t")))["r0"] == "TEXT NUMBER 0"
    assert [len(server.lines(name)) for name in server.batches] == [2, 1, 1, 1]


def test_equal_refusals_of_all_lines_stop_with_the_servers_words_and_are_submitted_again(
    server: Server, tmp_path: Path
):
    def finish(lines, before):
        texts = [line["body"]["messages"][-1]["content"] for line in lines]
        return (
            "completed",
            [answered(line) for line, text in zip(lines, texts, strict=True) if before or text < "text number 4"],
            [
                refused(line, 422, f"no template ({text})")
                for line, text in zip(lines, texts, strict=True)
                if text >= "text number 4"
            ][: 0 if before else None],
        )

    server.finish = finish
    batches, journal = client(server.url, tmp_path)
    with pytest.raises(
        UserError, match="one request after another in the same words: the server answered 422: no template"
    ):
        dict(batches.send_requests(requests(8), journal, "t"))
    assert len(journal) == 4
    replies = dict(batches.send_requests(requests(8), journal, "t"))
    assert _texts(replies) == {f"r{i}": f"TEXT NUMBER {i}" for i in range(8)}
    assert [len(server.lines(name)) for name in server.batches] == [8, 4]


@pytest.mark.parametrize(("status", "code"), [(401, "x"), (403, "x"), (400, "billing_hard_limit_reached")])
def test_a_line_that_every_line_would_meet_stops_and_keeps_the_others(server: Server, tmp_path: Path, status, code):
    def finish(lines, before):
        error = refused(lines[0], status, "who are you")
        error["response"]["body"]["error"]["code"] = code
        return "completed", [answered(line) for line in lines[0 if before else 1 :]], [] if before else [error]

    server.finish = finish
    batches, journal = client(server.url, tmp_path)
    with pytest.raises(UserError, match=f"who are you \\({status}\\)"):
        dict(batches.send_requests(requests(3), journal, "t"))
    assert len(journal) == 2
    assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3
    assert [len(server.lines(name)) for name in server.batches] == [3, 1]


def test_failures_upstream_are_charged_and_submitted_again_and_empty_answers_are_kept(server: Server, tmp_path: Path):
    def finish(lines, before):
        rows = [answered(line) for line in lines]
        if not before:
            rows[0]["response"]["body"]["choices"][0]["finish_reason"] = "error"
            rows[1]["response"]["body"]["choices"] = []
            rows[2]["response"]["body"]["usage"] = None
        return "completed", rows, []

    server.finish = finish
    batches, journal = client(server.url, tmp_path)
    budget = Budget()
    replies = dict(batches.send_requests(requests(4), journal, "t", budget.ledger("teacher", None)))
    assert _texts(replies) == {"r0": "TEXT NUMBER 0", "r1": "", "r2": "TEXT NUMBER 2", "r3": "TEXT NUMBER 3"}
    assert replies["r1"].finish == "no_choice"
    assert replies["r2"].estimated
    assert replies["r2"].response_tokens > 0
    spent = budget.spent["teacher"]
    assert (spent.calls, spent.estimated) == (5, 1)
    assert [len(server.lines(name)) for name in server.batches] == [4, 1]


def test_a_reply_that_is_none_is_asked_again(server: Server, tmp_path: Path):
    def finish(lines, before):
        rows = [answered(line) for line in lines]
        if not before:
            rows[0]["response"]["body"] = {"choices": []}
        return "completed", rows, []

    server.finish = finish
    batches, journal = client(server.url, tmp_path)
    assert _texts(dict(batches.send_requests(requests(2), journal, "t")))["r0"] == "TEXT NUMBER 0"


def test_a_batch_that_fails_whole_is_one_sentence_and_can_be_tried_again(server: Server, tmp_path: Path):
    server.finish = lambda lines, before: ("completed" if before else "failed", [answered(line) for line in lines], [])
    batches, journal = client(server.url, tmp_path)
    with pytest.raises(UserError, match="the file is wrong"):
        dict(batches.send_requests(requests(2), journal, "t"))
    assert len(dict(batches.send_requests(requests(2), journal, "t"))) == 2


def test_a_busy_server_is_asked_again_and_a_lost_answer_creates_no_second_batch(server: Server, tmp_path: Path):
    batches, journal = client(server.url, tmp_path)
    dict(batches.send_requests(requests(2), journal, "t"))
    server.busy, server.page = 3, 1
    # The first of the three is the upload, the second the new batch: taken, but its answer is an error.
    assert len(dict(batches.send_requests(requests(5), journal, "t"))) == 5
    assert [len(server.lines(name)) for name in server.batches] == [2, 3]


def test_a_download_that_breaks_off_loses_no_line(server: Server, tmp_path: Path):
    server.cut = 2
    batches, journal = client(server.url, tmp_path)
    assert len(_texts(dict(batches.send_requests(requests(9), journal, "t")))) == 9
    assert (len(server.batches), server.cut) == (1, 0)


@pytest.mark.parametrize("cut", [0, 2])
def test_a_download_that_comes_compressed_is_read_and_a_cut_one_loses_no_line(server: Server, tmp_path: Path, cut: int):
    server.encoding, server.cut = "gzip", cut
    batches, journal = client(server.url, tmp_path)
    assert len(_texts(dict(batches.send_requests(requests(9), journal, "t")))) == 9
    assert (len(server.batches), server.cut) == (1, 0)


def test_a_download_in_an_encoding_that_is_not_read_is_a_sentence_and_not_a_missing_answer(
    server: Server, tmp_path: Path
):
    server.encoding = "compress"
    batches, journal = client(server.url, tmp_path)
    with pytest.raises(UserError, match=r"encoding that is not read \(compress\)"):
        dict(batches.send_requests(requests(2), journal, "t"))
    server.encoding = ""
    assert len(dict(batches.send_requests(requests(2), journal, "t"))) == 2
    assert len(server.batches) == 1


def test_an_answer_that_is_too_long_is_a_sentence(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(batch_api_client, "_LONGEST", 100)
    batches, journal = client(server.url, tmp_path)
    with pytest.raises(UserError, match="too long"):
        dict(batches.send_requests(requests(2), journal, "t"))


def test_a_redirect_is_not_followed_and_takes_no_key_along(server: Server, tmp_path: Path):
    with serving() as other:
        server.elsewhere = other.url.removesuffix("/v1")
        batches, journal = client(server.url, tmp_path)
        with pytest.raises(UserError, match="answered 307"):
            dict(batches.send_requests(requests(2), journal, "t"))
        assert server.keys
        assert not other.keys


def test_two_processes_that_want_the_same_submit_it_once(server: Server, tmp_path: Path):
    command = [sys.executable, str(SCRIPTS / "batch_client.py"), server.url, str(tmp_path)]
    processes = [subprocess.Popen([*command, count]) for count in ("30", "40", "40")]
    assert [process.wait(30) for process in processes] == [0, 0, 0]
    sent = [line["custom_id"] for name in server.batches for line in server.lines(name)]
    assert len(sent) == len(set(sent)) == 40


def test_a_key_that_the_server_repeats_is_blotted_out(server: Server, tmp_path: Path):
    server.deny = "no such key: secret"
    batches, journal = client(server.url, tmp_path)
    with pytest.raises(UserError, match=r"answered 401: no such key: \[key\]"):
        dict(batches.send_requests(requests(1), journal, "t"))


def test_the_wrong_address_is_a_sentence(server: Server, tmp_path: Path):
    batches, journal = client(server.url + "/elsewhere", tmp_path)
    server.looks = 0
    with pytest.raises(UserError, match="batch API"):
        dict(batches.send_requests(requests(1), journal, "t"))


@pytest.mark.parametrize("moment", ["while the batch is created", "while it is waited for"])
def test_killed_and_started_again_nothing_is_submitted_twice(server: Server, tmp_path: Path, moment: str):
    server.looks = 10**9
    server.hold = 1.0 if "created" in moment else 0.0
    command = [sys.executable, str(SCRIPTS / "batch_client.py"), server.url, str(tmp_path), "5"]
    process = subprocess.Popen(command)
    while not (server.batches if "created" in moment else any(b["seen"] for b in server.batches.values())):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    server.looks, server.hold = 0, 0.0
    batches, journal = client(server.url, tmp_path)
    # Another recipe, with two more prompts: the first five are waited for, the two are submitted.
    assert len(_texts(dict(batches.send_requests(requests(7), journal, "t")))) == 7
    assert [len(server.lines(name)) for name in server.batches] == [5, 2]


def test_a_process_killed_before_the_server_heard_of_it_submits_anew(server: Server, tmp_path: Path):
    batches, journal = client(server.url, tmp_path)
    keys = [request.key("m") for request in requests(3)]
    batches._table.prepare("a token the server never saw", keys)
    assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3
    assert len(server.batches) == 1


def test_the_budget_is_kept_before_anything_is_submitted(server: Server, tmp_path: Path):
    batches, journal = client(server.url, tmp_path)
    # A request may cost 16 + 160 tokens, and costs 8: room for three at first, less and less after.
    budget = Budget(budget=BudgetSettings(tokens=550))
    with pytest.raises(UserError, match=r"no room.*raise teach\.budget\.tokens"):
        dict(batches.send_requests(requests(200), journal, "t", budget.ledger("teacher", None)))
    assert budget.tokens == 8 * len(journal) <= 550
    assert 550 - budget.tokens < 200
    budget.budget = BudgetSettings(tokens=10**6)
    replies = dict(batches.send_requests(requests(200), journal, "t", budget.ledger("teacher", None)))
    assert len(replies) == 200
    assert not any(isinstance(reply, RefusedError) for reply in replies.values())
    assert sum(len(server.lines(name)) for name in server.batches) == 200
