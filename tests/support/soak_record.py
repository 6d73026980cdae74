"""Keeps what the soak tests showed in benchmarks/results/soak.json, in the form of the benchmarks' results.

A test adds figures with pytest's `record_property`; its docstring says what was shown. Tests of another call stay as they are, each
with its own date and revision; versions, machine and load are of the last call.
"""

import json
import sys
from importlib.metadata import version
from typing import Any

import pytest

from support import ROOT

PACKAGES = ("pyarrow", "aiohttp", "torch")


def figures_of(item: pytest.Item, report: pytest.TestReport) -> dict[str, Any]:
    """What one soak test showed."""
    what = getattr(item, "function").__doc__ or ""  # noqa: B009  # an Item need not have one
    results = {"what": " ".join(what.split())} if what else {}
    return {**results, "passed": report.passed, "seconds": round(report.duration), **dict(item.user_properties)}


def keep(figures: dict[str, dict[str, Any]]) -> None:
    """Writes the tests' figures, by name, beside those of other tests."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import harness

    path = harness.RESULTS / "soak.json"
    before = json.loads(path.read_text("utf-8"))["figures"] if path.exists() else {}
    files = {name.partition("::")[0] for name in figures}  # what 0.1.0 named
    before = {name: row for name, row in before.items() if name not in files}
    harness.keep("soak", "make soak", before, {name: version(name) for name in PACKAGES})
    record = json.loads(path.read_text("utf-8"))
    stamp = {key: record[key] for key in ("date", "revision", "load")}
    record["figures"] |= {name: {**row, **stamp} for name, row in figures.items()}
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", "utf-8")
