"""One screen of a terminal: 80 columns by 24 lines whatever a run holds, with the verdict first and where to read on last."""

import pytest

from secondhalf.analysis.facts import Facts
from secondhalf.report.screen import COLUMNS, MOST_ARMS, ROWS, one_screen
from secondhalf.text.width import display_width
from support.report_facts import rich


def many_arms(language: str) -> Facts:
    facts = rich(language)
    arms = [facts.arms[2].model_copy(update={"name": f"arm-{i}-{'long' * 9}"}) for i in range(20)]
    return facts.model_copy(update={"arms": arms})


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("make", [rich, many_arms, lambda language: Facts(name="図" * 60, language=language)])
def test_it_fits(language: str, make) -> None:
    text = one_screen(make(language), "first-run", "runs/first-run/report/index.html")
    lines = text.split("\n")
    assert len(lines) <= ROWS - 1  # the prompt has the last one
    assert max(map(display_width, lines)) <= COLUMNS
    assert "\n\n\n" not in text


def test_what_is_on_it() -> None:
    verdict, table, answers, read_on = (block.split("\n") for block in one_screen(rich(), "x", "y.html").split("\n\n"))
    assert verdict[0] == "first-run: Did it work? Yes"
    assert verdict[1].startswith("  Not usable as it stands")  # what is bad comes first
    assert len(verdict) <= 4
    assert table[0].split()[:2] == ["Arm", "pairs"]
    assert table[-1].split()[:2] == ["taught", "312"]
    assert "0.51 [0.45, 0.58]" in table[-1]
    assert len(answers) <= 5
    assert answers[0].startswith("Is it safe to use? No: Worse: ranking of the right response")
    assert read_on == ["All figures: secondhalf show x --full", "The report: y.html"]


def test_arms_beyond_the_screen_are_counted() -> None:
    text = one_screen(many_arms("en"), "x", "y")
    assert f"and {20 - MOST_ARMS} more arms" in text


def test_a_path_is_never_cut() -> None:
    page = "/data/" + "deep/" * 30 + "index.html"
    assert page in one_screen(rich(), "x", page)
