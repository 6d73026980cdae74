"""What pytest itself takes from here: one student for all tests, how long a test may take, and what may be skipped in CI."""

import os
import re
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings

# Hypothesis fails an example that takes over 200 ms, as any does on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
# Seconds for the tests of a marker; pyproject.toml has the limit of the others.
LIMITS = {"soak": 7200, "models": 900, "extras": 900}
MAY_BE_SKIPPED = re.compile(r"\b(GPUs?|hubs?)\b", re.IGNORECASE)


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random Gemma."""
    pytest.importorskip("torch")
    from support.tiny_student import build

    return build(tmp_path_factory.mktemp("student"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        limits = [seconds for marker, seconds in LIMITS.items() if item.get_closest_marker(marker)]
        if limits and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(max(limits)))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return _judged((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return _judged((yield))


def _judged(report: Report) -> Report:
    """The report; where CI=true, a skip whose reason names neither a GPU nor a hub becomes a failure."""
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if not MAY_BE_SKIPPED.search(reason):
            report.outcome = "failed"
            report.longrepr = f"{report.nodeid}: only what needs a GPU or a hub may be skipped in CI, not: {reason}"
    return report
