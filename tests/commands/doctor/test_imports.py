"""What is installed and cannot be loaded: a fault, an end of the process, and the others are told apart."""

import os
from pathlib import Path

import pytest

from secondhalf.commands.doctor.imports import import_troubles


def test_each_trouble_is_its_module_s(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "well_made.py").write_text("print('begin nothing')\n", "utf-8")
    (tmp_path / "lacks_a_library.py").write_text("raise OSError('libcublas.so\\nis not there')\n", "utf-8")
    (tmp_path / "ends_all.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGILL)\n", "utf-8")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    troubles = import_troubles(("json", "lacks_a_library", "well_made", "ends_all"))
    assert troubles == {
        "lacks_a_library": "OSError libcublas.so is not there",
        "ends_all": "it ended its process with -4",
    }
