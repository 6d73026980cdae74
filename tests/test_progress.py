"""Progress in a log: whole lines with an estimate, and nothing for what is done at once. Messages beside it: through logging, and on
a terminal above the bar."""

import io
import logging
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from secondhalf import cli, progress
from secondhalf.commands import store
from secondhalf.progress import Progress, messages_on_stderr


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What a command line of ours writes."""
    with messages_on_stderr():
        yield capsys


def test_nothing_is_said_of_what_takes_no_time(lines: pytest.CaptureFixture[str]) -> None:
    with Progress("teach", 10, "replies") as progress:
        progress.advance(10)
    assert lines.readouterr().err == ""


def test_a_log_gets_whole_lines_with_an_estimate(
    lines: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 100, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with Progress("teach", 10, "replies") as progress:
        for _ in range(5):
            progress.advance(1, tokens=7)
    printed = lines.readouterr().err.splitlines()
    assert [line.partition(" [")[0] for line in printed] == ["teach:  10% 1/10", "teach:  30% 3/10", "teach:  50% 5/10"]
    assert all("tokens=7" in line and "replies" in line and "\r" not in line for line in printed)


def test_an_unknown_total_has_no_share(lines: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(0, 100, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with Progress("corpus", 0, "documents") as progress:
        progress.advance(3)
    assert lines.readouterr().err.startswith("corpus: 3 documents [00:05")


class Terminal(io.StringIO):
    """A screen: what is written after a carriage return stands over what was there."""

    def isatty(self) -> bool:
        return True

    def screen(self) -> list[str]:
        rows = []
        for row in self.getvalue().split("\n"):
            shown = ""
            for part in row.split("\r"):
                shown = part + shown[len(part) :]
            rows.append(shown.rstrip())
        return rows


def test_a_message_stands_above_the_bar_and_not_in_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_QUIET", 0.0)
    with messages_on_stderr(), Progress("teach", 10, "replies") as bar:
        bar.advance(2)
        logging.getLogger("secondhalf.models.journal").warning("the disk is %s", "full")
        bar.advance(3)
        bar.say("two of three servers answer")
        bar.advance(1)
    rows = terminal.screen()
    assert rows[:2] == ["secondhalf: the disk is full", "teach: two of three servers answer"]
    assert rows[2].startswith("teach:  60%|")
    assert "6/10" in rows[2]
    assert [row for row in rows[3:] if row] == []
    assert capsys.readouterr().out == ""


def test_a_command_writes_messages_to_standard_error_and_leaves_logging_as_it_was(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def command(options: object) -> int:
        logging.getLogger("secondhalf.train.checkpoint").warning("a checkpoint is broken")
        logging.getLogger("secondhalf.commands.sweep").info("setting 1 of 2")
        logging.getLogger("another").info("chatter")
        return 0

    monkeypatch.setattr(store, "main", command)
    for _ in range(2):
        assert cli.main(["store"]) == 0
        printed = capsys.readouterr()
        assert printed.err.splitlines() == ["secondhalf: a checkpoint is broken", "setting 1 of 2"]
        assert printed.out == ""
    log = logging.getLogger("secondhalf")
    assert (log.handlers, log.level, log.propagate) == ([], logging.NOTSET, True)


def test_who_imports_the_package_gets_plain_logging() -> None:
    code = """
import logging, sys
logging.basicConfig(stream=sys.stdout, format="%(levelname)s %(name)s %(message)s", level="INFO")
from secondhalf.progress import Progress
Progress("teach", 10, "replies").say("two of three servers answer")
"""
    process = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert process.stdout == "INFO secondhalf.progress teach: two of three servers answer\n"
    assert process.stderr == ""


def test_a_strangers_words_in_a_bar_or_a_message_are_text(lines: pytest.CaptureFixture[str]) -> None:
    with Progress("tea\x1b[2Jch", 10, "replies") as progress:
        progress.say("\x9b31m\u202eol")
    logging.getLogger("secondhalf.progress").warning("%s", "http://u:pass@h/\x1b]0;title\x07")
    printed = lines.readouterr().err
    assert printed == (
        "tea⟨U+001B⟩[2Jch: ⟨U+009B⟩31m⟨U+202E⟩ol\nsecondhalf: http://[login]@h/⟨U+001B⟩]0;title⟨U+0007⟩\n"
    )


def test_in_a_run_a_log_has_one_line_a_stage(
    lines: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 1000, 5))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with progress.stage_of_run(6, 9, "train taught 1"), Progress("train taught 1", 10, "tokens") as bar:
        for _ in range(10):
            bar.advance(1)
    assert lines.readouterr().err == "6/9 train taught 1: done in 01:00\n"
    with Progress("export", 10, "layers") as bar:  # outside a run as before
        bar.advance(1)
    assert lines.readouterr().err.startswith("export:")


def test_in_a_run_a_stage_of_hours_gives_a_sign_of_life(
    lines: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter(range(0, 10_000, 300))
    monkeypatch.setattr(time, "monotonic", lambda: float(next(clock)))
    with progress.stage_of_run(6, 9, "train taught 1"), Progress("train taught 1", 10, "tokens") as bar:
        for _ in range(5):
            bar.advance(1)
    printed = lines.readouterr().err.splitlines()
    assert [line.partition(" [")[0] for line in printed[:-1]] == [
        "6/9 train taught 1:  20% 2/10",
        "6/9 train taught 1:  40% 4/10",
    ]
    assert printed[-1].startswith("6/9 train taught 1: done in")


def test_in_a_run_a_bar_says_where_it_is_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(progress, "_QUIET", 0.0)
    with (
        messages_on_stderr(),
        progress.stage_of_run(4, 9, "teach taught"),
        Progress("teach taught", 4, "replies") as bar,
    ):
        bar.advance(2)
    assert "4/9 teach taught:   0%|" in terminal.getvalue()
    assert [row for row in terminal.screen() if row] == []
