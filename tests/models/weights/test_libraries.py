"""A library that is absent or of another machine's kind is told as such, and no model is blamed."""

from pathlib import Path

import pytest

from secondhalf.errors import UserError
from secondhalf.models.weights import libraries
from secondhalf.models.weights.convert import student_folder


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ModuleNotFoundError("No module named 'torch'", name="torch"), r"A student needs .*\(torch is missing\)"),
        (
            OSError("libcublasLt.so\nnot found"),
            r"torch is installed, and cannot be loaded \(libcublasLt.so not found\)",
        ),
        (ImportError("libgomp.so.1: cannot open"), r"torch is installed, and cannot be loaded \(libgomp.so.1"),
    ],
)
def test_no_model_is_blamed(error: Exception, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(name: str) -> None:
        raise error

    monkeypatch.setattr(libraries.importlib, "import_module", broken)
    monkeypatch.setenv("SECONDHALF_CACHE", str(tmp_path / "cache"))
    path = tmp_path / "model.gguf"
    path.write_bytes(b"GGUF")
    with pytest.raises(UserError, match=message):
        student_folder(path, "0" * 64)
