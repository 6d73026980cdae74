"""docs/loop.md with the quickstart's real teacher and student, some forty minutes: what the tutorial's page says came of it."""

import json
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support import ROOT
from support.loop import commands, following, judge_queue

pytestmark = [pytest.mark.soak, pytest.mark.extras, pytest.mark.timeout(14400)]
REVIEWERS = ("aki", "ben")
PYTHON = str(ROOT / ".venv/bin/python")
"""The environment of the quickstart, which has the models; the browser is of the other one."""


def _reply(page: Any, place: int = 0) -> str:
    return str(page.locator(".reply .text").nth(place).inner_text())


def _flagged(_: int, page: Any) -> tuple[str, str]:
    """Of an answer that goes round its first sentence is kept, where that is one; else nothing."""
    text = _reply(page)
    first = text.split(". ")[0].split("\n")[0].strip().rstrip(".") + "."
    return ("edit", first) if 5 <= len(first.split()) <= 40 and first != text else ("reject", "")


def _pair(_: int, page: Any) -> tuple[str, str]:
    """Replies of a dozen words and more that end as sentences do."""
    text = _reply(page).rstrip()
    return ("accept" if len(text.split()) > 12 and text[-1] in ".!?" else "reject"), ""


def _side(_: int, page: Any) -> tuple[str, str]:
    """The answer that repeats its words less; where they are about alike, neither."""
    left, right = (len(set(words)) / max(1, len(words)) for words in (_reply(page, n).lower().split() for n in (0, 1)))
    return ("tie" if abs(left - right) < 0.05 else "left" if left > right else "right"), ""


def test_the_loop_with_the_quickstart(
    tmp_path: Path, chromium: Any, record_property: Callable[[str, object], None]
) -> None:
    """A quickstart student served, a hundred prompts, two reviewers in a browser (by rules that the test names), the next run."""
    steps, began = iter(commands()), time.monotonic()
    with following(tmp_path, patience=1800, python=PYTHON) as loop:
        loop.carry_out(next(steps))
        loop.carry_out(next(steps))
        record_property("quickstart_seconds", round(time.monotonic() - began))
        loop.carry_out(next(steps))
        answers = loop.carry_out(next(steps))
        record_property("answers", len(answers.splitlines()))
        with closing(sqlite3.connect(tmp_path / "runs/quickstart/serve/serve.sqlite")) as database:
            [(flagged,)] = database.execute("SELECT count(DISTINCT request) FROM flags").fetchall()
        record_property("flagged_answers", flagged)
        for _ in range(3):
            loop.carry_out(next(steps))
        for queue, judge, most in (("flagged", _flagged, 100), ("random", _pair, 40), ("compare", _side, 30)):
            counts = [judge_queue(chromium, loop, name, queue, judge, most) for name in REVIEWERS]
            record_property(f"judged_{queue}", counts)
        figures = loop.carry_out(next(steps))
        for _ in range(3):
            loop.carry_out(next(steps))
    record_property("figures", figures.splitlines())
    people = _facts(tmp_path, "quickstart")["people"]
    assert people["reviewers"] == len(REVIEWERS)
    with following(tmp_path, python=PYTHON) as loop:
        began = time.monotonic()
        loop.carry_out(next(steps))
        record_property("next_run_seconds", round(time.monotonic() - began))
        record_property("audit", loop.carry_out(next(steps)).splitlines()[:12])
        record_property("compared", loop.carry_out(next(steps)).splitlines())
    before, after = (_facts(tmp_path, name) for name in ("quickstart", "next"))
    taught = [next(arm for arm in facts["arms"] if arm["name"] == "taught") for facts in (before, after)]
    record_property("pairs", [arm["pairs"] for arm in taught])
    record_property("preferences_trained_on", taught[1]["people"])
    stages = [json.loads((tmp_path / f"runs/{name}/stages.json").read_text("utf-8")) for name in ("quickstart", "next")]
    assert stages[0]["teach:taught"]["stage"] == stages[1]["teach:taught"]["stage"]
    assert stages[0]["audit:taught"]["stage"] != stages[1]["audit:taught"]["stage"]


def _facts(folder: Path, name: str) -> dict[str, Any]:
    return dict(json.loads((folder / f"runs/{name}/report/facts.json").read_text("utf-8")))
