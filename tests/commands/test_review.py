"""`secondhalf review`: reviewers, files, figures, and the server from its start to its end."""

import json
import os
import re
import signal
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from secondhalf.cli import main
from secondhalf.review.accounts import Reviewer
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import Desk, Proposal
from support.review_runs import made_pairs, made_run


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made_run(tmp_path, made_pairs(12))
    monkeypatch.chdir(tmp_path)
    return ["review", "made", "--runs", str(tmp_path / "runs"), "--store", str(tmp_path / "store")]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_reviewers(places: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PASSWORD_OF_AKI", "a long password")
    assert told(capsys, *places, "--list-reviewers")[1].startswith("There are no reviewers yet")
    code, out, _ = told(capsys, *places, "--add-reviewer", "aki", "--password-env", "PASSWORD_OF_AKI", "--role", "lead")
    assert (code, out) == (0, "aki  lead\n")
    told(capsys, *places, "--add-reviewer", "ben", "--without-password")
    code, out, _ = told(capsys, *places, "--list-reviewers", "--json")
    assert json.loads(out)["reviewers"] == [
        {"name": "aki", "role": "lead", "has_password": True}, {"name": "ben", "role": "reviewer", "has_password": False},
    ]  # fmt: skip
    assert told(capsys, *places, "--remove-reviewer", "ben")[1] == "aki  lead\n"
    assert "no reviewer ben" in told(capsys, *places, "--remove-reviewer", "ben")[2]
    assert "not set" in told(capsys, *places, "--add-reviewer", "x", "--password-env", "NOT_THERE")[2]
    assert "no terminal" in told(capsys, *places, "--add-reviewer", "x")[2]


def test_files_and_figures(places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert "nothing to write" in told(capsys, *places, "--export", "none.jsonl")[2]
    from secondhalf.api import find_run

    run = find_run("made", runs=tmp_path / "runs", store=tmp_path / "store")
    desk = Desk(run, ReviewDatabase(str(run.folder / "review" / "review.sqlite")))
    for name in desk.assignment.items.orders["random"][:5]:
        item = desk.item(name)
        assert item
        desk.decide(Proposal(name, "accept", item.seen, 0), Reviewer("aki", "reviewer", True))
    code, out, _ = told(capsys, *places, "--export", "out.jsonl")
    assert (code, "5 rows: out.jsonl" in out, "audit.reviews=out.jsonl" in out) == (0, True, True)
    other = [*places, "--database", str(tmp_path / "other.sqlite")]
    assert told(capsys, *other, "--import", "out.jsonl")[1] == "5 decisions in out.jsonl, 5 of them new.\n"
    out = told(capsys, *other, "--figures")[1]
    assert "Random sample: 5 of 5 kept (1.000 [0.566, 1.000]), not enough" in out
    assert "aki (reviewer): 5 decisions" in out
    assert json.loads(told(capsys, *other, "--figures", "--json")[1])["sample"]["judged"] == 5
    both = json.loads(
        told(capsys, *other, "--import", "out.jsonl", "--export", "again.jsonl", "--figures", "--json")[1]
    )
    assert {name: one.get("rows") for name, one in both.items()} == {"import": 5, "export": 5, "figures": None}


@pytest.mark.parametrize("whole", [True, False])
def test_a_damaged_database_is_said_to_be(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], whole: bool
):
    path = tmp_path / "runs/made/review/review.sqlite"
    told(capsys, *places, "--list-reviewers")
    content = path.read_bytes()
    # All of it, or the tables' first pages behind a good header.
    path.write_bytes(b"nothing of the kind" * 400 if whole else content[:4096] + b"\xff" * (len(content) - 4096))
    code, _, error = told(capsys, *places, "--figures")
    assert code == 2
    assert "the file is damaged, or none of ours: put a copy of it back, or begin another with --database" in error


@pytest.mark.parametrize(
    "words", [["--figures"], ["--export", "log.jsonl"], ["--list-reviewers"], ["--remove-reviewer", "aki"]]
)
def test_a_database_that_is_only_read_has_to_be_there(
    places: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
):
    path = tmp_path / "none.sqlite"
    code, _, error = told(capsys, *places, "--database", str(path), *words)
    assert (code, path.exists()) == (2, False)
    assert f"--database {path}: there is no such file: correct the path." in error


def test_a_run_without_a_report_has_nothing_to_put_it_into(places: list[str], capsys: pytest.CaptureFixture[str]):
    assert "made has no report yet" in told(capsys, *places, "--report")[2]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--host", "0.0.0.0"], "there are no reviewers"),
        (["--proxy-header", "X-User"], "belong together"),
        (["--proxy-header", "X-User", "--proxy-from", "nowhere"], "--proxy-from"),
        (["--host", "203.0.113.77", "--proxy-header", "X", "--proxy-from", "10.0.0.1"], "there are no reviewers"),
        (["--database", "mysql://x/y"], "not supported"),
        (["--data", "other"], "no data set other"),
    ],
)
def test_what_cannot_be_started_is_said(
    places: list[str], capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
):
    code, _, error = told(capsys, *places, *words)
    assert code == 2
    assert sentence in error


def test_from_start_to_end(places: list[str], tmp_path: Path):
    """The command itself: the link in the terminal lets one browser in, and Ctrl-C ends it with 0."""
    command = [sys.executable, "-m", "secondhalf", *places, "--port", "0"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ})
    try:
        assert server.stdout
        lines = [server.stdout.readline() for _ in range(2)]
        found = re.search(r"http://127\.0\.0\.1:(\d+)(/enter/\S+)", lines[1])
        assert found, lines
        connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        connection.request("GET", found[2])
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 303
        connection.request("GET", "/", headers={"cookie": str(answer.headers["set-cookie"]).partition(";")[0]})
        assert "Review of made" in connection.getresponse().read().decode()
        connection.close()
        server.send_signal(signal.SIGINT)
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.wait()
