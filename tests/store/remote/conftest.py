"""An object store in memory, empty for each test, whose retries wait for nothing."""

from collections.abc import Iterator
from typing import Any

import fsspec
import pytest

from secondhalf.store.remote import objects


@pytest.fixture(autouse=True)
def memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setattr(objects, "_PAUSE", 0.01)
    files = fsspec.filesystem("memory")
    files.store.clear()
    yield files
    files.store.clear()
