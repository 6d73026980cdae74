"""docs/loop.md from its first command to its last: served, asked by the official client, judged in a browser, learned."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from support.loop import commands, following, judge_queue
from support.recipes import tiny_recipe

pytestmark = [pytest.mark.extras, pytest.mark.long, pytest.mark.timeout(1800)]

RULE = """from secondhalf.rows import Verdict


def check(pair):
    return Verdict(pair.id, "every_second", len(pair.prompt) % 2 == 0, 0.0, "an odd number of characters")
"""
WORDS = "it stands in the reference, and number {n} of its sections tells how it is meant."


def _quickstart(folder: Path, student: Path) -> None:
    """The quickstart's recipe with the tests' student."""
    tiny_recipe(
        folder / "quickstart.yaml", student, name="quickstart", corpus={"sample": 40}, evaluate={"limit": 4, "others": 1},
        train={"seeds": [1]}, probes={"pairs": 0, "documents": 0, "replies": 0}, review={"overlap": 2, "overlap_share": 0.5},
    )  # fmt: skip


def test_what_people_judge_the_next_run_learns(tmp_path: Path, student: Path, chromium: Any):
    _quickstart(tmp_path, student)
    steps = iter(commands())
    with following(tmp_path) as loop:
        assert next(steps) == "secondhalf init quickstart.yaml --recipe quickstart"  # here it is the tiny one
        loop.carry_out(next(steps))
        # A random model says what it likes: a rule of the user's own flags about every second answer.
        (tmp_path / "every_second.py").write_text(RULE)
        loop.carry_out(next(steps), "--set", "output.own=[{function: every_second:check}]")
        asked = loop.carry_out(next(steps))
        assert len(asked.splitlines()) == 100
        with closing(sqlite3.connect(tmp_path / "runs/quickstart/serve/serve.sqlite")) as database:
            flagged = {row[0] for row in database.execute("SELECT request FROM flags")}
        assert 30 < len(flagged) < 100
        for _ in range(3):
            loop.carry_out(next(steps))

        def flags(n: int, _: Any) -> tuple[str, str]:
            return ("edit", WORDS.format(n=n)) if n % 2 == 0 else ("reject", "")

        judged = [judge_queue(chromium, loop, name, "flagged", flags, 20) for name in ("aki", "ben")]
        assert judged == [20, 20]
        pairs = [
            judge_queue(chromium, loop, name, "random", lambda n, _: ("reject" if n % 3 == 0 else "accept", ""), 6)
            for name in ("aki", "ben")
        ]
        assert pairs == [6, 6]
        # Where the arms answer alike there is nothing to compare, as a tiny student's may on some processors.
        preferences = judge_queue(chromium, loop, "aki", "compare", lambda *_: ("left", ""), 4)
        figures = loop.carry_out(next(steps))
        assert "Agreement on pairs" in figures
        assert "aki (reviewer)" in figures
        assert ("On what people prefer (everyday)" in figures) == (preferences > 0)
        loop.carry_out(next(steps))
        _check_report(tmp_path, preferences)
        loop.carry_out(next(steps))
        loop.carry_out(next(steps))
    rows = [json.loads(line) for line in (tmp_path / "reviews.jsonl").read_text("utf-8").splitlines()]
    rejected = {row["id"] for row in rows if row["kind"] == "pair" and row["action"] == "reject"}
    assert rejected
    preferred = [json.loads(line) for line in (tmp_path / "preferences.jsonl").read_text("utf-8").splitlines()]
    assert {row["kind"] for row in preferred} >= {"flagged"}
    with following(tmp_path) as loop:
        loop.carry_out(next(steps))  # the next run
        assert "rejected in review" in loop.carry_out(next(steps))
        compared = loop.carry_out(next(steps))
    assert "next" in compared
    assert list(steps) == []
    _check_next(tmp_path, preferred)


def _check_report(folder: Path, preferences: int) -> None:
    """The run's report has what people said, and nobody's name."""
    report = folder / "runs/quickstart/report"
    people = json.loads((report / "facts.json").read_text("utf-8"))["people"]
    assert people["reviewers"] == 2
    assert people["pair_agreement"]["count"] > 0
    assert sum(one["won"] + one["lost"] + one["ties"] for one in people["preferences"]) <= preferences
    page = (report / "index.html").read_text("utf-8")
    assert 'id="people"' in page
    assert "aki" not in page


def _check_next(folder: Path, preferred: list[dict[str, str]]) -> None:
    """What the next run took over, made anew and left out."""
    before, after = (
        json.loads((folder / f"runs/{name}/stages.json").read_text("utf-8")) for name in ("quickstart", "next")
    )
    assert before["teach:taught"]["stage"] == after["teach:taught"]["stage"]
    assert before["audit:taught"]["stage"] != after["audit:taught"]["stage"]
    manifest = json.loads((folder / "store" / after["prefer:taught:1"]["stage"] / "manifest.json").read_text("utf-8"))
    # Comparisons on evaluated prompts and requests are not trained on; beginnings of texts are.
    assert manifest["rows_in"] == len({(row["prompt"], row["chosen"], row["rejected"]) for row in preferred})
    assert 0 < manifest["rows"] < manifest["rows_in"]
    facts = json.loads((folder / "runs/next/report/facts.json").read_text("utf-8"))
    [taught] = [arm for arm in facts["arms"] if arm["name"] == "taught"]
    assert taught["people"] == manifest["rows"] - manifest["held_out"] > 0
    [audit] = [step for step in facts["funnel"] if (step["stage"], step["data"]) == ("audit", "taught")]
    assert "rejected in review" in json.dumps(audit["rejects"]), audit
