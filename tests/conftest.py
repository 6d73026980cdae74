"""Puts tests/ on the path, so that every test finds tiny_student; and makes one student for all of them."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random Gemma."""
    pytest.importorskip("torch")
    from tiny_student import build

    return build(tmp_path_factory.mktemp("student"))
