"""The notebook runs from its first cell to its last, and is committed without outputs."""

import json
from pathlib import Path

import pytest

from support import ROOT

NOTEBOOK = ROOT / "docs/notebook.ipynb"


def test_it_holds_no_outputs() -> None:
    notebook = json.loads(NOTEBOOK.read_text("utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert code
    assert [cell for cell in code if cell["outputs"] or cell["execution_count"] is not None] == []
    assert set(notebook["metadata"]) == {"kernelspec", "language_info"}


# A tiny student is trained in it: half a minute.
@pytest.mark.extras
@pytest.mark.long
def test_it_runs(student: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import nbformat
    from nbclient import NotebookClient

    monkeypatch.setenv("STUDENT", str(student))
    monkeypatch.setenv("TEACHER", "dummy")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    # A kernel that hangs is a failure, each cell by itself.
    client = NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    printed = "".join(
        output.get("text", "") or output.get("data", {}).get("text/plain", "")
        for cell in notebook.cells
        for output in cell.get("outputs", ())
    )
    assert "pairs were accepted" in printed
    assert "did you mean max_prompt_words?" in printed
    assert "True" in printed  # the stage by hand gives the run's rows
    assert (tmp_path / "runs/small/report/index.html").is_file()
