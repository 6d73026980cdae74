"""What a soak test showed is kept as a benchmark's result is."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from support import ROOT
from support.soak_record import figures_of, keep

sys.path.insert(0, str(ROOT / "benchmarks"))

import harness
import table


def test_a_test_of_another_call_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harness, "RESULTS", tmp_path)
    keep({"tests/a.py::test_one": {"passed": True, "seconds": 3}})
    keep({"tests/b.py::test_two": {"passed": False, "seconds": 4}})
    record = json.loads((tmp_path / "soak.json").read_text("utf-8"))
    assert not [name for name in table.RECORD if not record.get(name)]
    one, two = record["figures"]["tests/a.py::test_one"], record["figures"]["tests/b.py::test_two"]
    assert (one["passed"], one["seconds"], two["passed"], two["seconds"]) == (True, 3, False, 4)
    assert one["date"]
    assert one["revision"]
    assert len(two["load"]) == 3


def test_what_is_shown_is_the_docstring_and_the_properties() -> None:
    def shown() -> None:
        """Twenty gigabytes
        through one process."""

    item = SimpleNamespace(function=shown, user_properties=[("gigabytes", 20)])
    report = SimpleNamespace(passed=True, duration=27.6)
    assert figures_of(item, report) == {  # type: ignore[arg-type]
        "what": "Twenty gigabytes through one process.",
        "passed": True,
        "seconds": 28,
        "gigabytes": 20,
    }
