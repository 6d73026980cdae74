"""Makes one student for all tests. The package comes before any test imports torch, so that idle threads sleep."""

from pathlib import Path

import pytest

import secondhalf  # noqa: F401


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random Gemma."""
    pytest.importorskip("torch")
    from support.tiny_student import build

    return build(tmp_path_factory.mktemp("student"))
