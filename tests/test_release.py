"""The version is one, wherever it stands, and the changelog has a dated section for it. RELEASE.md rests on this."""

import re
import tomllib
from datetime import date
from pathlib import Path

import secondhalf

ROOT = Path(__file__).parents[1]


def test_the_version_is_one_and_its_section_has_a_date() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert secondhalf.__version__ == version
    headings = re.findall(r"^## (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    if headings[0].endswith(", unreleased"):  # of what comes next
        headings.pop(0)
    sections = [heading.split(", ") for heading in headings]
    assert sections[0][0] == version
    days = [date.fromisoformat(day) for _, day in sections]
    assert days == sorted(days, reverse=True)
