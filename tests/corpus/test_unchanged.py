"""Files that change while they are read: one sentence, and no stage that holds other texts than its key says."""

import json
import os
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.steps import baselines, data

RECIPE = """\
name: mine
corpus: {reader: jsonl, path: texts, sample: 4}
clean:
  length: {min_words: 5}
  gopher_repetition: {enabled: false}
  gopher_quality: {enabled: false}
  c4: {enabled: false}
  fineweb: {enabled: false}
teach: {model: dummy}
data:
  theirs: {instructions: {path: theirs, licence: CC0-1.0}}
students: {}
arms: {}
"""
ROW = json.dumps(
    {"text": "The river rises in spring, and the ferry waits for it.", "instruction": "When?", "output": "Now."}
)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("texts", "theirs"):
        Path(folder).mkdir()
        for name in "ab":
            Path(folder, f"{name}.jsonl").write_text(f"{ROW}\n")
    Path("mine.yaml").write_text(RECIPE)


def _write(folder: str) -> None:
    with Path(folder, "b.jsonl").open("a") as file:
        file.write(ROW.replace("spring", "autumn") + "\n")


def _touch(folder: str) -> None:
    os.utime(Path(folder, "b.jsonl"), ns=(1, 1))  # as long as before


def _come(folder: str) -> None:
    Path(folder, "c.jsonl").write_text(f"{ROW}\n")


def _go(folder: str) -> None:
    Path(folder, "b.jsonl").unlink()


@pytest.mark.parametrize(
    ("change", "name"),
    [(_write, "b.jsonl"), (_touch, "b.jsonl"), (_come, "c.jsonl"), (_go, "b.jsonl")],
)
@pytest.mark.parametrize(
    ("module", "function", "folder", "field"),
    [
        (data, "sample_documents", "texts", "corpus.path"),
        (baselines, "read_instructions", "theirs", "data.theirs.instructions.path"),
    ],
)
def test_a_change_while_they_are_read_is_a_sentence(
    module, function, folder, field, change, name, monkeypatch, capsys
) -> None:
    read = getattr(module, function)

    def and_meanwhile(*arguments):
        counts = read(*arguments)
        change(folder)
        return counts

    with monkeypatch.context() as patch:
        patch.setattr(module, function, and_meanwhile)
        assert main(["corpus" if module is data else "teach", "mine.yaml"]) == 2
    error = capsys.readouterr().err.strip().splitlines()[-1]
    assert f"{field}: " in error
    assert f"{folder}/{name} changed while the files were read" in error
    assert main(["corpus", "mine.yaml"]) == 0  # nothing of it was kept
