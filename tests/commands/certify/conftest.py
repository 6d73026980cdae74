"""A certified run, made once, and a copy of it for each test."""

import shutil
from pathlib import Path

import pytest

from support.certificates import in_folder, make_run


@pytest.fixture(scope="package")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run up to its audited pairs, keys, and a certificate in runs/tiny."""
    folder = tmp_path_factory.mktemp("certified")
    make_run(folder)
    assert in_folder(folder, "keys", "make", "--name", "Hana") == 0
    assert in_folder(folder, "certify", "tiny") == 0
    return folder


@pytest.fixture
def run(tmp_path: Path, certified: Path) -> Path:
    """A copy of that folder."""
    shutil.copytree(certified, tmp_path / "copy")
    return tmp_path / "copy"
