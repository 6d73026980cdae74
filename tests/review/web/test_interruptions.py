"""What comes between a reviewer and the next page: a connection that is lost, an answer that is, a session that ends."""

from typing import Any

import pytest

from support.review_browser import Open, ahead, decided, item_of
from support.review_server import ReviewServer

pytestmark = pytest.mark.extras


def test_a_lost_connection_in_the_middle_of_a_decision(opened: Open, server: ReviewServer):
    page = ahead(opened("aki", "/queue/random"))
    first = item_of(page)
    page.context.set_offline(True)
    page.keyboard.press("a")
    page.locator("#alarm", has_text="not saved yet").wait_for()
    assert item_of(page) != first  # the next one was there before
    page.keyboard.press("r")
    assert server.desk.log.rows == []
    page.context.set_offline(False)
    assert decided(server, 2) == [("aki", "accept"), ("aki", "reject")]
    page.locator("#alarm").wait_for(state="hidden")
    assert len({row.item for row in server.desk.log.rows}) == 2


def test_an_answer_that_was_lost_is_no_second_decision(opened: Open, server: ReviewServer):
    page = ahead(opened("aki", "/queue/random"))
    lost = []

    def lose_first(route: Any) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch())  # the server keeps it, and the browser never hears of it
        route.abort()

    page.route("**/decide", lose_first)
    page.keyboard.press("a")
    page.locator("#status", has_text="Saved").wait_for()
    assert len(lost) == 1
    assert decided(server, 1) == [("aki", "accept")]


def test_a_session_that_ends_in_the_middle(opened: Open, server: ReviewServer):
    page = ahead(opened("aki", "/queue/random"))
    cookies = page.context.cookies()
    page.context.clear_cookies()
    page.keyboard.press("a")
    page.locator("#alarm", has_text="session has ended").wait_for()
    reviewer = server.accounts.reviewer("aki")
    assert reviewer
    again, _ = server.accounts.begin(reviewer)
    page.context.add_cookies([{**cookies[0], "value": again}])
    assert decided(server, 1) == [("aki", "accept")]
