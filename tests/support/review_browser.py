"""What tests in a real browser have of the review's pages: who opens them, what stands there, what was decided."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from secondhalf.rows import Pair
from support.review_runs import ARABIC, HOSTILE
from support.review_server import ReviewServer

Open = Callable[..., Any]
"""A name and a path to a page of somebody who is logged in."""
EVIL = Pair(
    "00000000000000000000000000000000-evil", "0" * 32, "words", "en", HOSTILE, HOSTILE, HOSTILE, "dummy", "stop", 1, 1
)
RIGHT = replace(
    EVIL, id="00000000000000000000000000000000-right", language="ar", prompt=ARABIC, original=ARABIC, response=ARABIC
)


def item_of(page: Any) -> str:
    """The item that the page shows."""
    return str(page.locator("article").get_attribute("data-item"))


def ahead(page: Any) -> Any:
    """Waits until the page has the next item."""
    page.locator("#stage[data-ahead]").wait_for()
    return page


def decided(server: ReviewServer, count: int) -> list[tuple[str, str]]:
    """Reviewer and action of every row, once there are so many."""
    end = time.monotonic() + 20
    while len(server.desk.log.rows) < count and time.monotonic() < end:
        time.sleep(0.02)
    return [(row.reviewer, row.action) for row in server.desk.log.rows]
