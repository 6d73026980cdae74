"""The pages for everybody: on a phone, by a screen reader, in a script that runs from right to left."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from support.review_browser import RIGHT, Open
from support.review_server import ReviewServer

pytestmark = pytest.mark.extras
PHONE = {"width": 390, "height": 844}


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
