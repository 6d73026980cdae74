"""The whole method in seconds: a dummy teacher, a tiny random student, every stage; killed in each of them and resumed."""

import json
import signal
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from secondhalf.cli import main
from support import SCRIPTS
from support.recipes import tiny_recipe
from support.runs import stored_files


class _Tags(HTMLParser):
    """Whether every tag that is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        if tag not in {"meta", "link", "br", "hr", "img", "input", "col"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("language", ["en", "ja"])
def test_from_text_to_report(tmp_path: Path, student: Path, monkeypatch, capsys, language: str):
    monkeypatch.chdir(tmp_path)
    recipe = tiny_recipe(tmp_path / "tiny.yaml", student, report={"language": language})
    assert main(["run", str(recipe)]) == 0
    printed = capsys.readouterr().out
    assert "runs/tiny/report/index.html" in printed
    page = _Tags()
    page.feed(Path("runs/tiny/report/index.html").read_text("utf-8"))
    assert page.open == []
    assert main(["show", "tiny", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert [arm["name"] for arm in facts["arms"]] == ["untouched", "original", "taught"]
    assert facts["arms"][1]["pairs"] == facts["arms"][2]["pairs"] > 0
    first = facts["comparisons"][0]
    assert (first["arm"], first["against"], first["figure"], first["seeds"]) == ("taught", "original", "relevance", 2)
    for step in facts["funnel"]:
        assert step["rows_in"] == step["rows_out"] + sum(reason["count"] for reason in step["rejects"])
    # Run again, nothing is made again.
    before = {path: path.stat().st_mtime_ns for path in Path("store").rglob("*.parquet")}
    assert main(["run", str(recipe)]) == 0
    assert before == {path: path.stat().st_mtime_ns for path in Path("store").rglob("*.parquet")}


def test_chat_answers_with_the_trained_arm(tmp_path: Path, student: Path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["train", str(tiny_recipe(tmp_path / "tiny.yaml", student))]) == 0
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", (tmp_path / "questions").open("w+"))
    (tmp_path / "questions").write_text("What is a river?\n川とは何ですか。\n")
    assert main(["chat", "tiny", "--arm", "taught", "--seed", "2", "--max-tokens", "5"]) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) >= 1
    assert main(["chat", "tiny", "--arm", "none"]) == 2


MOMENTS = [
    "corpus", "clean", "split", "teach-half", "teach", "audit", "train-half", "train", "evaluate-half", "evaluate",
    "report",
]  # fmt: skip


def _launch(moments: list[str], folder: Path, recipe: Path) -> list[int]:
    """The exit status of a run that is killed at each of the moments, one after the other."""
    command = [sys.executable, str(SCRIPTS / "kill_at.py"), ",".join(moments), "calls", "run", str(recipe)]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=True, timeout=600)
    return [int(line.removeprefix("status ")) for line in done.stdout.splitlines() if line.startswith("status ")]


@pytest.mark.long
@pytest.mark.timeout(900)
def test_killed_in_every_stage_it_ends_as_if_it_never_had_been(tmp_path: Path, student: Path):
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    killed.mkdir()
    whole.mkdir()
    recipe = tiny_recipe(tmp_path / "tiny.yaml", student)
    died = dict(zip([*MOMENTS, "never"], _launch([*MOMENTS, "never"], killed, recipe), strict=True))
    assert died == {**dict.fromkeys(MOMENTS, -signal.SIGKILL), "never": 0}
    assert _launch(["never", "never"], whole, recipe) == [0, 0]
    assert stored_files(killed) == stored_files(whole)
    calls = (killed / "calls").read_text().split()
    # Only what was in flight at the kill was asked again: the dummy has four slots.
    assert len(set(calls)) <= len(calls) <= len(set(calls)) + 4
    assert set(calls) == set((whole / "calls").read_text().split())
    assert not list(killed.rglob("*.tmp"))
