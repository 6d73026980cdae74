"""What all tests have in common: one student, and no time limit on a single example of a property."""

from pathlib import Path

import pytest
from hypothesis import settings

# Hypothesis fails an example that takes over 200 ms, as any does on a busy machine.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def student(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a tiny random Gemma."""
    pytest.importorskip("torch")
    from support.tiny_student import build

    return build(tmp_path_factory.mktemp("student"))
