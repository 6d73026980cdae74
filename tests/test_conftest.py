"""What conftest.py holds the tests to: limits of time, and no skips in CI but those that name a GPU or a hub."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = """
import pytest

def test_gpu(): pytest.skip("needs a GPU")
def test_weights(): pytest.skip("its weights come from a hub")
def test_bread(): pytest.skip("bread is not installed")
def test_good(): pass
@pytest.mark.xfail
def test_expected(): assert False
"""
HANGING = """
import time

def test_hangs():
    while True: time.sleep(0.01)
def test_good(): pass
"""


def session(folder: Path, tests: str, *options: str, **environment: str) -> tuple[int, str]:
    """Exit status and output of a session of its own, with this conftest.py and these settings."""
    shutil.copy(ROOT / "tests" / "conftest.py", folder)
    shutil.copy(ROOT / "pyproject.toml", folder)
    (folder / "test_it.py").write_text(tests, "utf-8")
    variables = {name: value for name, value in os.environ.items() if name != "CI"} | environment
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-o", "testpaths=.", *options]
    done = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_in_ci_a_skip_is_a_failure_unless_it_names_a_gpu_or_a_hub(tmp_path: Path) -> None:
    status, output = session(tmp_path, TESTS, CI="true")
    assert status == 1
    assert "1 failed, 1 passed, 2 skipped, 1 xfailed" in output
    assert "may be skipped in CI, not: Skipped: bread is not installed" in output


def test_in_ci_a_skipped_file_is_a_failure_too(tmp_path: Path) -> None:
    skipped = "import pytest\n\npytest.importorskip('no_such_package')\n"
    status, output = session(tmp_path, skipped, CI="true")
    assert status == 2
    assert "test_it.py: only what needs a GPU or a hub may be skipped in CI" in output


def test_elsewhere_anything_may_be_skipped(tmp_path: Path) -> None:
    status, output = session(tmp_path, TESTS)
    assert status == 0
    assert "1 passed, 3 skipped, 1 xfailed" in output


def test_a_hang_is_a_failure_and_the_rest_goes_on(tmp_path: Path) -> None:
    status, output = session(tmp_path, HANGING, "-o", "timeout=1")
    assert status == 1
    assert "1 failed, 1 passed" in output
    assert "Timeout (>1" in output
