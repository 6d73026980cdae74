"""The JSON interface on a real server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.review_runs import made_pairs, made_run
from support.review_server import Browser, ReviewServer, review_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReviewServer]:
    with review_server(made_run(tmp_path, made_pairs(10), answers=4), str(tmp_path / "review.sqlite")) as server:
        yield server


def send(browser: Browser, path: str, value: Any) -> tuple[int, Any]:
    page = browser.ask("POST", path, json.dumps(value), content_type="application/json", x_csrf_token=browser.token)
    return page.status, json.loads(page.text)


def test_an_item_a_decision_and_back(server: ReviewServer):
    aki = server.browser("aki")
    item = json.loads(aki.get("/api/queues/random/next").text)["item"]
    assert item["kind"] == "pair"
    assert item["decided"] == ""
    decision = {"item": item["item"], "action": "accept", "seen": item["seen"], "replaces": item["replaces"]}
    status, kept = send(aki, "/api/decisions", decision)
    assert (status, kept) == send(aki, "/api/decisions", decision) == (200, {"number": 1})
    assert json.loads(aki.get(f"/api/items/{item['item']}").text)["item"]["decided"] == "accept"
    assert send(aki, "/api/decisions", {**decision, "action": "reject"})[1]["error"]["code"] == "replaced"
    assert send(aki, "/api/undo", {"number": 1}) == (200, {"number": 2})
    figures = json.loads(server.browser("lea").get("/api/figures").text)
    assert figures["sample"]["judged"] == 0
    assert figures["pace"][0]["undone"] == 1


def test_at_a_queues_end_there_is_null(server: ReviewServer):
    aki = server.browser("aki")
    items = json.loads(aki.get("/api/queues/compare/next").text)["item"]
    assert len(items["texts"]) == 2
    everything = "&".join(f"except={name}" for name in server.desk.assignment.items.orders["compare"])
    assert json.loads(aki.get(f"/api/queues/compare/next?{everything}").text) == {"item": None}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({}, "gone"), ({"item": 5}, "invalid"), ({"item": "x", "replaces": -1}, "invalid"), ({"item": "x", "replaces": True}, "invalid"),
        ({"item": "x", "replaces": 2**70}, "invalid"), ({"item": "pair:taught:none"}, "gone"),
    ],
)  # fmt: skip
def test_what_is_no_decision(server: ReviewServer, value: dict[str, Any], code: str):
    assert send(server.browser("aki"), "/api/decisions", value)[1]["error"]["code"] == code


def test_the_interface_needs_its_token(server: ReviewServer):
    aki = server.browser("aki")
    aki.token = "other"
    assert send(aki, "/api/decisions", {"item": "x"})[0] == 403
