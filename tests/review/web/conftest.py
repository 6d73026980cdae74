"""The system's Chromium, driven by Playwright, and a run on the reviewers' desk."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.review_browser import EVIL, RIGHT, Open
from support.review_runs import made_pairs, made_run
from support.review_server import ReviewServer, review_server


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ReviewServer]:
    run = made_run(tmp_path, made_pairs(40, first=[EVIL, RIGHT]), answers=6, review={"overlap": 2, "overlap_share": 1})
    with review_server(run, str(tmp_path / "review.sqlite")) as server:
        yield server


@pytest.fixture
def opened(chromium: Any, server: ReviewServer) -> Iterator[Open]:
    """Opens a page of somebody who is logged in; at the end nothing may have stood in the console."""
    contexts, messages = [], []

    def opened(name: str, path: str = "/", **options: Any) -> Any:
        context = chromium.new_context(**{"locale": "en", "reduced_motion": "reduce"} | options)
        contexts.append(context)
        reviewer = server.accounts.reviewer(name)
        assert reviewer
        cookie, _ = server.accounts.begin(reviewer)
        context.add_cookies([{"name": "secondhalf_review", "value": cookie, "url": server.address}])
        page = context.new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.goto(server.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    # What the network did not bring and what was answered with an error the browser says by itself.
    assert [text for text in messages if "Failed to load resource" not in text] == []
