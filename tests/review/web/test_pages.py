"""The pages on a real server, as a browser without scripts asks for them."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest

from secondhalf.rows import Pair
from support.review_runs import ARABIC, ARMS, HOSTILE, made_pairs, made_run, replace_pairs
from support.review_server import PASSWORD, Browser, ReviewServer, review_server

EVIL = Pair(
    "00000000000000000000000000000000-evil", "0" * 32, "words", "en", HOSTILE, HOSTILE, HOSTILE, "dummy", "stop", 1, 1
)
RIGHT = replace(
    EVIL, id="00000000000000000000000000000000-right", language="ar", prompt=ARABIC, original=ARABIC, response=ARABIC
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReviewServer]:
    run = made_run(tmp_path, made_pairs(30, first=[EVIL, RIGHT]), answers=6, review={"overlap_share": 0})
    with review_server(run, str(tmp_path / "review.sqlite")) as server:
        yield server


@pytest.fixture
def aki(server: ReviewServer) -> Browser:
    return server.browser("aki")


def test_a_decision_leads_to_the_next(server: ReviewServer, aki: Browser):
    page = aki.follow("/queue/random")
    assert page.status == 200
    form = page.form
    answer = aki.post("/decide", {**form, "action": "reject", "text": "", "reason": "dull"})
    assert answer.status == 303
    following = aki.get(answer.headers["location"])
    assert following.form["item"] != form["item"]
    (row,) = server.desk.log.rows
    assert (row.reviewer, row.role, row.action, row.reason, row.queue) == (
        "aki",
        "reviewer",
        "reject",
        "dull",
        "random",
    )
    again = aki.get(f"/item/{form['item']}?queue=random")
    assert "You decided this" in again.text
    assert again.field("replaces") == str(row.number)


def test_posted_twice_is_one_decision_and_one_from_another_window_is_asked_about(server: ReviewServer, aki: Browser):
    form = aki.follow("/queue/random").form
    first, second = (aki.post("/decide", {**form, "action": "reject"}) for _ in range(2))
    assert (first.status, second.status) == (303, 303)
    third = aki.post("/decide", {**form, "action": "accept"})
    assert third.status == 409
    assert "Nothing was saved" in third.text
    assert len(server.desk.log.rows) == 1
    # The page that says so has what it takes to decide again.
    assert aki.post("/decide", {**third.form, "action": "accept"}).status == 303
    assert [row.action for row in server.desk.log.rows] == ["reject", "accept"]


def test_an_edit_is_kept_and_shown_again(server: ReviewServer, aki: Browser):
    form = aki.follow("/queue/random").form
    words = " My own\nwords <b>& more</b>."
    assert aki.post("/decide", {**form, "action": "edit", "text": words.replace("\n", "\r\n")}).status == 303
    assert server.desk.log.rows[0].text == words
    page = aki.get(f"/item/{form['item']}?queue=random")
    field = page.text[page.text.index("<textarea") :]
    assert unescape(field[field.index(">") + 2 : field.index("</textarea>")]) == words
    empty = aki.post("/decide", {**page.form, "action": "edit", "text": " "})
    assert empty.status == 422


def test_an_edit_is_not_lost_by_pressing_accept(server: ReviewServer, aki: Browser):
    form = aki.follow("/queue/random").form
    page = aki.post("/decide", {**form, "action": "accept", "text": "Words that took an hour."})
    assert page.status == 422
    assert "Words that took an hour." in page.text
    assert server.desk.log.rows == []
    assert aki.post("/decide", {**page.form, "action": "as_it_was", "text": "Words that took an hour."}).status == 303
    assert server.desk.log.rows[0].action == "accept"


def test_taken_back(server: ReviewServer, aki: Browser):
    form = aki.follow("/queue/random").form
    aki.post("/decide", {**form, "action": "accept"})
    answer = aki.post("/undo", {"csrf": aki.token})
    assert answer.headers["location"] == f"/item/{form['item']}?queue=random"
    assert aki.follow("/queue/random").form["item"] == form["item"]
    assert "Taken back" in aki.get("/history").text
    assert aki.post("/undo", {"csrf": aki.token}).status == 422


def test_hostile_texts_stay_texts(aki: Browser):
    page = aki.get(f"/item/pair:taught:{EVIL.id}?queue=random")
    assert "<script>document" not in page.text
    assert "<img" not in page.text
    assert page.text.count("</textarea>") == 1
    assert "⟨U+202E⟩" in page.text
    # In the text field it is as it is, so that what nobody changes comes back unchanged.
    field = page.text[page.text.index("<textarea") : page.text.index("</textarea>")]
    assert unescape(field[field.index(">") + 2 :]) == HOSTILE
    assert aki.post("/decide", {**page.form, "action": "accept", "text": HOSTILE}).status == 303


def test_right_to_left(aki: Browser):
    page = aki.get(f"/item/pair:taught:{RIGHT.id}?queue=random").text
    assert f'<div class="text" lang="ar" dir="rtl">{ARABIC}</div>' in page
    assert '<html lang="en">' in page


def test_arms_are_nowhere_in_a_comparison(server: ReviewServer, aki: Browser):
    page = aki.follow("/queue/compare")
    while page.status == 200 and 'action="/decide"' in page.text:
        everything = page.text + str(page.headers)
        assert not any(arm in everything for arm in (*ARMS, "everyday"))
        answer = aki.post("/decide", {**page.form, "action": "left"})
        page = aki.follow(answer.headers["location"])
    assert {row.action for row in server.desk.log.rows} == {"first", "second"}
    assert len(server.desk.log.rows) == 6
    assert "Nothing is left here" in page.text
    lead = server.browser("lea").get("/progress").text
    assert ARMS[0] in lead
    assert "<td>" in lead


def test_only_leads_see_progress_and_disagreements(server: ReviewServer, aki: Browser):
    assert aki.get("/progress").status == 403
    assert aki.get("/queue/disputed").status == 403
    assert "/progress" not in aki.get("/").text
    lea = server.browser("lea")
    assert lea.get("/progress").status == 200
    assert lea.follow("/queue/disputed").status == 200


def test_in_japanese(aki: Browser):
    assert '<html lang="ja">' in aki.get("/", accept_language="ja,en;q=0.5").text
    answer = aki.post("/language", {"language": "ja", "back": "/history"})
    assert (answer.status, answer.headers["location"]) == (303, "/history")
    assert "自分の判定" in aki.get("/history").text
    for back in ("https://evil.example/", "//evil.example", "/\\evil.example", "/x\r\nset-cookie: a=b"):
        assert aki.post("/language", {"language": "ja", "back": back}).headers["location"] == "/"


def test_a_newer_run_while_somebody_judges(server: ReviewServer, aki: Browser, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("secondhalf.review.desk._LOOK", 0.0)
    pairs = made_pairs(30, first=[EVIL, RIGHT])
    gone = aki.get(f"/item/pair:taught:{pairs[5].id}?queue=random").form
    stale = aki.get(f"/item/pair:taught:{pairs[6].id}?queue=random").form
    replace_pairs(server.desk.run, [*pairs[:5], replace(pairs[6], response="It reads otherwise now."), *pairs[7:]])
    aki.get("/")
    page = aki.post("/decide", {**gone, "action": "accept"})
    assert page.status == 410
    assert "newer run" in page.text
    page = aki.post("/decide", {**stale, "action": "accept"})
    assert page.status == 409
    assert "It reads otherwise now." in page.text
    assert server.desk.log.rows == []


def test_a_locked_database(server: ReviewServer, aki: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    form = aki.follow("/queue/random").form
    other = sqlite3.connect(tmp_path / "review.sqlite", isolation_level=None, timeout=1)
    with server.database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
        other.execute("BEGIN IMMEDIATE")
        pooled = server.database.engine.pool
        monkeypatch.setattr("secondhalf.review.database._WAIT", 0.05)
    for _ in range(8):  # every connection of the pool waits shortly
        with server.database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=50")
    page = aki.post("/decide", {**form, "action": "accept"})
    assert page.status == 503
    assert page.headers["retry-after"] == "2"
    assert "Nothing was saved" in page.text
    assert pooled
    other.execute("ROLLBACK")
    other.close()
    assert aki.post("/decide", {**form, "action": "accept"}).status == 303


def test_the_next_item_is_there_before_it_is_asked_for(aki: Browser):
    first = aki.follow("/queue/random").form["item"]
    part = aki.get(f"/queue/random/fragment?except={first}")
    assert part.status == 200
    assert part.text.lstrip().startswith("<article")
    assert part.form["item"] != first
    assert part.headers["x-next"] == f"/item/{part.form['item']}?queue=random"


def test_log_in_and_out(server: ReviewServer):
    browser = server.browser()
    assert browser.get("/").headers["location"] == "/login"
    wrong = browser.post("/login", {"name": "aki", "password": "wrong"})
    assert (wrong.status, "do not belong together" in wrong.text) == (401, True)
    assert browser.post("/login", {"name": "aki", "password": PASSWORD}).headers["location"] == "/"
    page = browser.get("/")
    assert "Log out (aki)" in page.text
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    cookies = dict(browser.cookies)
    assert browser.post("/logout", {"csrf": token}).headers["location"] == "/login"
    browser.cookies = cookies
    assert browser.get("/").status == 303


def test_log_ins_are_slowed(server: ReviewServer):
    browser = server.browser()
    statuses = [browser.post("/login", {"name": "ben", "password": "wrong"}).status for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    page = browser.post("/login", {"name": "ben", "password": PASSWORD})
    assert page.status == 429
    assert 0 < int(page.headers["retry-after"]) <= 301
