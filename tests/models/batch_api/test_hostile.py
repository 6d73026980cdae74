"""A batch API that answers anything at all: a sentence, in bounded time and memory, and nothing is submitted twice."""

import json
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.batch_api import client as batch_client_module
from secondhalf.models.batch_api.client import BatchApi
from secondhalf.models.batch_api.lines import batch_error, read_result, result_lines
from secondhalf.models.request import Reply, Request, Sampling, TroubleError
from secondhalf.models.server.refusals import ServerAddress, failure
from secondhalf.models.server.response import read_reply
from support.batch_client import client, requests
from support.batch_server import Server, answered, serving

DEEP = b"[" * 200_000
ODD = [DEEP, b'{"id": ' + DEEP, b"[]", b"null", b"{}", b'{"id": null}', b'{"id": {"a": 1}}', b'{"id": ""}', b"\xff\xfe", b"",
       b'{"id": "' + b"x" * 5000 + b'"}', b"<html>hello</html>", b'{"status": ["completed"]}', b'{"data": {"a": 1}}']  # fmt: skip


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def _api(server: Server, **settings) -> BatchApi:
    return BatchApi(server.url, {"Authorization": "Bearer secret"}, **{"pause": 0.001, "patience": 5, **settings})


@pytest.mark.parametrize("body", ODD)
def test_answers_that_are_none_are_a_sentence_soon(server: Server, body: bytes):
    calls: list[str] = []
    server.instead = lambda method, path: calls.append(method) or body
    api = _api(server)
    for action in (
        lambda: api.upload("a", b"{}\n"),
        lambda: api.create("f", "/v1/chat/completions", "t"),
        lambda: api.status("b"),
    ):
        with pytest.raises(UserError, match="does not answer") as error:
            action()
        assert str(error.value).isprintable()
        assert len(str(error.value)) < 700
    assert len(calls) < 40


def test_a_new_batch_whose_answer_has_no_id_is_looked_for_and_not_made_again(server: Server, tmp_path: Path):
    batches, journal = client(server.url, tmp_path)

    def instead(method: str, path: str) -> bytes | None:
        return b"{}" if (method, path) == ("POST", "/v1/batches") else None

    server.instead = instead
    assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3
    assert len(server.batches) == 1


def test_pages_without_end_are_a_sentence(server: Server, monkeypatch: pytest.MonkeyPatch):
    numbers = count()

    def page(method: str, path: str) -> bytes:
        return json.dumps({"data": [{"id": f"b{next(numbers)}", "metadata": [1]}], "has_more": True}).encode()

    server.instead = page
    monkeypatch.setattr(batch_client_module, "_MOST_PAGES", 30)
    with pytest.raises(UserError, match="lists its batches without end"):
        _api(server).find("t")
    with pytest.raises(UserError, match="lists its batches without end"):
        _api(server, patience=-1).find("t")
    server.instead = lambda method, path: b'{"data": [{"id": "b", "metadata": null}], "has_more": true}'
    assert _api(server).find("t") is None  # the same page again and again


def test_results_that_name_no_request_are_not_submitted_again(server: Server, tmp_path: Path):
    server.finish = lambda lines, before: ("completed", [{**answered(line), "custom_id": None} for line in lines], [])
    batches, journal = client(server.url, tmp_path)
    for _ in range(2):
        with pytest.raises(UserError, match="custom_id"):
            dict(batches.send_requests(requests(3), journal, "t"))
    assert len(server.batches) == 1


def test_one_strange_line_among_ours_does_no_harm(server: Server, tmp_path: Path):
    strange = [{"custom_id": ["r0"]}, {"custom_id": "other"}, {"id": 1}]
    server.finish = lambda lines, before: ("completed", [*strange, *(answered(line) for line in lines)], strange)
    batches, journal = client(server.url, tmp_path)
    assert len(dict(batches.send_requests(requests(3), journal, "t"))) == 3


def test_a_batch_that_is_never_over_is_a_sentence(server: Server, tmp_path: Path):
    server.looks = 10**9
    batches, journal = client(server.url, tmp_path, longest_wait=0.1)
    with pytest.raises(UserError, match=r"batch-0 .*not over .*in_progress.*cancel it"):
        dict(batches.send_requests(requests(1), journal, "t"))


def test_an_answer_of_megabytes_and_an_echoed_key_are_refused_and_blotted_out(server: Server, tmp_path: Path):
    def finish(lines, before):
        rows = [answered(line) for line in lines]
        rows[0]["response"]["body"]["choices"][0]["message"]["content"] = "x" * 50_000
        rows[1]["response"] = {"status_code": 400, "body": {"error": {"message": "bad header: Bearer secret\x1b[2J"}}}
        return "completed", rows, []

    server.finish = finish
    batches, journal = client(server.url, tmp_path, longest_answer=10_000)
    replies = dict(batches.send_requests(requests(3), journal, "t"))
    assert "longer than 10000 bytes" in str(replies["r0"])
    assert "Bearer [key]⟨U+001B⟩" in str(replies["r1"])
    assert isinstance(replies["r2"], Reply)
    assert b"Bearer secret" not in (tmp_path / "batches.sqlite").read_bytes()
    assert len(server.batches) == 1


def test_a_server_that_asks_to_wait_is_waited_for_and_not_longer_than_patience(server: Server):
    start, calls = time.monotonic(), []
    server.instead = lambda method, path: (
        calls.append(path) or ((503, b"busy") if len(calls) < 3 else b'{"status": "completed"}')
    )
    assert _api(server).status("b") == {"status": "completed"}
    server.instead = lambda method, path: (400, b"x" * 5_000_000)
    with pytest.raises(UserError, match="answered 400") as error:
        _api(server).status("b")
    assert len(str(error.value)) < 500
    assert time.monotonic() - start < 5


def test_lines_longer_than_allowed_tell_whose_they_are(tmp_path: Path):
    path = tmp_path / "lines"
    long = b'{"id": 1, "custom_id": "a", "response": "' + b"x" * 5000 + b'"}\n'
    last = b'{"response": "' + b"x" * 5000 + b'", "custom_id": "b"}\n'
    path.write_bytes(long + DEEP + b'\n{"custom_id": "c"}\n' + last + b"7\nnull\n\n" + b'{"custom_id": "d"}')
    with path.open("rb") as file:
        rows = list(result_lines(file, 2000))
    assert rows == [
        {"custom_id": "a", "too_long": True},
        {"custom_id": "c"},
        {"custom_id": "b", "too_long": True},
        {"custom_id": "d"},
    ]


@pytest.mark.parametrize(
    "line",
    [
        {"response": {"status_code": True, "body": None}},
        {"response": [], "error": "x"},
        {"response": {"status_code": 10**400}},
        {"response": {"status_code": "200"}, "error": {"code": 5}},
        {"response": {"status_code": 200, "body": "\ud800"}},
    ],
)
def test_a_line_that_is_none_may_be_asked_again(line: dict):
    server = ServerAddress("http://h/v1")
    request = Request("r", (("user", "text"),), Sampling())
    result = read_result(
        line,
        request,
        lambda body, request: read_reply(body, chat=True, request=request),
        lambda status, body: failure(status, body, server),
        lambda body: body.decode(),
        1000,
    )
    assert isinstance(result, TroubleError)
    assert batch_error({"errors": line}, lambda body: body.decode())
