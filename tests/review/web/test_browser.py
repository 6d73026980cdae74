"""The pages in a real browser: the system's Chromium, driven by Playwright."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from secondhalf.rows import Pair
from support.review_runs import ARABIC, HOSTILE, made_pairs, made_run
from support.review_server import ReviewServer, review_server

pytestmark = pytest.mark.extras

PHONE = {"width": 390, "height": 844}
EVIL = Pair(
    "00000000000000000000000000000000-evil", "0" * 32, "words", "en", HOSTILE, HOSTILE, HOSTILE, "dummy", "stop", 1, 1
)
RIGHT = replace(
    EVIL, id="00000000000000000000000000000000-right", language="ar", prompt=ARABIC, original=ARABIC, response=ARABIC
)


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


Open = Callable[..., Any]


@pytest.fixture
def opened(chromium: Any, server: ReviewServer) -> Iterator[Open]:
    """Opens a page of somebody who is logged in; at the end nothing may have stood in the console."""
    contexts, said = [], []

    def opened(name: str, path: str = "/", **options: Any) -> Any:
        context = chromium.new_context(**{"locale": "en", "reduced_motion": "reduce"} | options)
        contexts.append(context)
        reviewer = server.accounts.reviewer(name)
        assert reviewer
        cookie, _ = server.accounts.begin(reviewer)
        context.add_cookies([{"name": "secondhalf_review", "value": cookie, "url": server.address}])
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.goto(server.address + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    # What the network did not bring and what was answered with an error the browser says by itself.
    assert [text for text in said if "Failed to load resource" not in text] == []


def item_of(page: Any) -> str:
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


def test_by_keyboard_alone(opened: Open, server: ReviewServer):
    page = ahead(opened("aki", "/queue/random"))
    first = item_of(page)
    page.keyboard.press("a")
    page.wait_for_function("item => document.querySelector('article').dataset.item !== item", arg=first)
    assert page.evaluate("document.activeElement.tagName") == "H1"
    ahead(page).keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("Words of my own, r and a among them.")
    page.keyboard.press("Control+Enter")
    assert decided(server, 2) == [("aki", "accept"), ("aki", "edit")]
    assert server.desk.log.rows[1].text == "Words of my own, r and a among them."
    second = server.desk.log.rows[1].item
    ahead(page).keyboard.press("r")
    decided(server, 3)
    ahead(page).keyboard.press("z")
    page.wait_for_url("**/item/**")
    assert decided(server, 4)[3] == ("aki", "undo")
    assert server.desk.log.rows[3].item == server.desk.log.rows[2].item != second
    page.get_by_label("Single keys decide").uncheck()
    page.locator("h1").focus()
    page.keyboard.press("a")
    assert len(decided(server, 4)) == 4
    # Without single keys everything is reached by Tab.
    page.get_by_role("button", name="Reject").focus()
    page.keyboard.press("Enter")
    assert decided(server, 5)[4] == ("aki", "reject")


def test_the_next_item_is_there_in_a_tenth_of_a_second(opened: Open, server: ReviewServer):
    page = opened("aki", "/queue/random")
    took = []
    for _ in range(10):
        ahead(page)
        took.append(page.evaluate("""() => {
            const before = document.querySelector("article").dataset.item, start = performance.now();
            document.querySelector("[data-key=a]").click();
            return document.querySelector("article").dataset.item === before ? 1e9 : performance.now() - start;
        }"""))  # fmt: skip
    assert sorted(took)[len(took) // 2] < 100, took  # a busy machine holds up one or another
    assert len(decided(server, 10)) == 10
    assert len({row.item for row in server.desk.log.rows}) == 10


def test_two_reviewers_at_once_on_one_item(opened: Open, server: ReviewServer):
    pages = [opened(name, "/queue/random") for name in ("aki", "ben")]
    assert item_of(pages[0]) == item_of(pages[1])
    pages[0].get_by_role("button", name="Accept").click()
    pages[1].get_by_role("button", name="Reject").click()
    assert sorted(decided(server, 2)) == [("aki", "accept"), ("ben", "reject")]
    assert len({row.item for row in server.desk.log.rows}) == 1
    lea = opened("lea", "/queue/disputed")
    assert item_of(lea) == server.desk.log.rows[0].item
    for other in ("aki", "ben"):
        assert other not in lea.content()


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


def test_back_and_reload(opened: Open, server: ReviewServer):
    page = ahead(opened("aki", "/queue/random"))
    first = item_of(page)
    page.keyboard.press("a")
    decided(server, 1)
    second = item_of(ahead(page))
    page.reload()
    assert item_of(page) == second
    page.go_back()
    page.locator(".standing", has_text="Accepted").wait_for()
    assert item_of(page) == first
    page.get_by_role("button", name="Reject").click()
    assert decided(server, 2)[1] == ("aki", "reject")
    assert server.desk.log.rows[1].replaces == server.desk.log.rows[0].number


def test_hostile_html_does_nothing(opened: Open, server: ReviewServer):
    page = opened("aki", f"/item/pair:taught:{EVIL.id}?queue=random")
    assert page.title() == "Random sample · Review"
    assert page.locator("article script, article img").count() == 0
    assert HOSTILE[:40] in page.locator(".reply .text").inner_text()
    assert page.locator("textarea").input_value() == HOSTILE
    # In the part that the script puts in, too.
    before = ahead(opened("ben", "/queue/random"))
    for _ in range(41):
        if item_of(before) == f"pair:taught:{EVIL.id}":
            break
        count = len(server.desk.log.rows)
        before.keyboard.press("a")
        decided(server, count + 1)
        ahead(before)
    assert item_of(before) == f"pair:taught:{EVIL.id}"
    assert before.title().endswith("Review")
    assert before.locator("article script, article img").count() == 0


def test_right_to_left_text_stands_right(opened: Open):
    page = opened("aki", f"/item/pair:taught:{RIGHT.id}?queue=random")
    text = page.locator(".reply .text")
    assert text.evaluate("one => getComputedStyle(one).direction") == "rtl"
    box, inner = text.bounding_box(), text.evaluate("""one => {
        const range = document.createRange(); range.selectNodeContents(one); const r = range.getBoundingClientRect(); return [r.left, r.right];
    }""")  # fmt: skip
    assert box["x"] + box["width"] - inner[1] < 30  # it begins at the right edge
    assert page.locator("textarea").evaluate("one => getComputedStyle(one).direction") == "rtl"
    assert page.locator("h1").evaluate("one => getComputedStyle(one).direction") == "ltr"


@pytest.mark.parametrize(
    "path", ["/", "/queue/random", "/queue/flagged", "/queue/compare", "/history", "/progress", "/login"]
)
@pytest.mark.parametrize("locale", ["en", "ja"])
def test_on_a_phone(opened: Open, server: ReviewServer, path: str, locale: str):
    page = opened("lea", path, viewport=PHONE, locale=locale, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    for button in page.locator(".actions button").all():  # the buttons stand at the bottom, large enough for a thumb
        box = button.bounding_box()
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= PHONE["height"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "ja"])
def test_a_screen_readers_tree(opened: Open, server: ReviewServer, locale: str, scheme: str):
    """axe finds nothing serious, and whatever can be operated has a name."""
    aki = server.browser("aki")
    for action in ("accept", "reject"):
        aki.post("/decide", {**aki.follow("/queue/random").form, "action": action})
    spec = find_spec("axe_playwright_python")
    assert spec
    assert spec.origin
    axe = (Path(spec.origin).parent / "axe.min.js").read_text("utf-8")
    page = opened("lea", "/", locale=locale, color_scheme=scheme)
    for path in (
        "/",
        "/queue/random",
        "/queue/flagged",
        "/queue/compare",
        "/history",
        "/progress",
        "/item/none",
        "/queue/compare/nothing",
    ):
        page.goto(server.address + path)
        if page.locator("details.edit").count():
            page.locator("details.edit summary").click()
        page.evaluate(axe)
        found = page.evaluate(
            "async () => (await axe.run()).violations.map(v => [v.id, v.impact, v.nodes.map(n => n.html).slice(0, 3)])"
        )
        assert found == [], path
        session = page.context.new_cdp_session(page)
        nodes = session.send("Accessibility.getFullAXTree")["nodes"]
        for node in nodes:
            role = node.get("role", {}).get("value")
            if role in {"button", "link", "textbox", "checkbox", "DisclosureTriangle", "heading"} and not node.get(
                "ignored"
            ):
                assert node.get("name", {}).get("value", "").strip(), (path, role, json.dumps(node)[:300])


def test_without_scripts(opened: Open, server: ReviewServer):
    page = opened("aki", "/queue/random", java_script_enabled=False)
    first = item_of(page)
    page.get_by_role("button", name="Accept").click()
    assert item_of(page) != first
    page.get_by_role("button", name="Take my last decision back").click()
    assert item_of(page) == first
    assert decided(server, 2) == [("aki", "accept"), ("aki", "undo")]


def test_everything_is_judged_and_the_page_says_so(opened: Open, server: ReviewServer):
    page = opened("aki", "/queue/compare")
    for count in range(1, 7):
        ahead(page).keyboard.press("012"[count % 3])
        decided(server, count)
    page.wait_for_url("**/queue/compare/nothing")
    assert len(server.desk.log.rows) == 6
    assert threading.active_count() < 100
