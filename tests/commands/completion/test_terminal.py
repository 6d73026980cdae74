"""Tab at a terminal: a name, whatever is in it, comes to the command as one word that is that name, and nothing in it is run."""

import os
import shutil
from pathlib import Path

import pytest

from secondhalf.commands.completion.words import command_words
from secondhalf.commands.completion.write import SHELLS
from support.shell_terminal import ShellTerminal

INSTALLED = [shell for shell in SHELLS if shutil.which(shell)]
# Each begins otherwise, so that what is pressed before Tab names one of them.
NAMES = [
    "a$(touch taken)",
    "b`touch taken`",
    "c;touch taken",
    "d&touch taken&",
    "e>taken",
    "f blank",
    "g'quote",
    'h"quotes"',
    "i$HOME",
    "j*",
    "k\\back",
    "l社内 文書",
    "m!!",
    "n{1,2}",
    "o#p=~q",
    "v(s)[t]?",
    "試行 一",
]
# The command is one that shows what it is given; the line's own words are no output, so they are put together here.
_SETUP = {
    "bash": ["PS1='> '", "secondhalf() {{ printf '<%s>' \"$@\"; printf '%s\\n' DO''NE; }}", "source {script}", "echo BE''GIN"],
    "zsh": [
        "PS1='> '; unsetopt ZLE_BRACKETED_PASTE 2>/dev/null; unset zle_bracketed_paste",
        "autoload -Uz compinit; compinit -D -u",
        "secondhalf() {{ printf '<%s>' \"$@\"; printf '%s\\n' DO''NE; }}",
        "source {script}",
        "echo BE''GIN",
    ],
    "fish": [
        "function fish_prompt; echo '> '; end",
        "function secondhalf; printf '<%s>' $argv; printf '%s\\n' DO''NE; end",
        "source {script}",
        "echo BE''GIN",
    ],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder whose runs and recipes have such names."""
    for name in NAMES:
        (tmp_path / "work" / "runs" / name).mkdir(parents=True)
        (tmp_path / "work" / f"{name}.yaml").touch()
    return tmp_path / "work"


def _terminal(shell: str, folder: Path) -> ShellTerminal:
    script = folder.parent / f"completion.{shell}"
    script.write_text(SHELLS[shell](command_words()), "utf-8")
    terminal = ShellTerminal(shell, folder, os.environ | {"LC_ALL": "C.UTF-8"})
    for line in _SETUP[shell]:
        terminal.press(line.format(script=script) + "\r")
        terminal.settle()
    terminal.read_until("BEGIN")
    terminal.settle()
    return terminal


def _given(terminal: ShellTerminal, begun: str) -> str:
    """What the command is given where a line is begun, Tab pressed and Enter."""
    terminal.press(f"{begun}\t\r")
    return terminal.read_until(r"(<[^\r]*>)(?:\r?\n)?DONE")[1]


@pytest.mark.parametrize("shell", INSTALLED)
@pytest.mark.parametrize(("command", "ending"), [("chat", ""), ("doctor", ".yaml")])
def test_a_name_is_one_word_and_runs_nothing(shell: str, command: str, ending: str, folder: Path) -> None:
    with _terminal(shell, folder) as terminal:
        given = {name: _given(terminal, f"secondhalf {command} {name[0]}") for name in NAMES}
    assert given == {name: f"<{command}><{name}{ending}>" for name in NAMES}
    assert not (folder / "taken").exists()


@pytest.mark.parametrize(("command", "ending"), [("chat", ""), ("doctor", ".yaml")])
def test_so_it_is_in_a_bash_that_cannot_be_told_of_files(command: str, ending: str, folder: Path) -> None:
    """The 3.2 of macOS has no compopt."""
    with _terminal("bash", folder) as terminal:
        terminal.press("compopt() { return 1; }\r")
        given = {name: _given(terminal, f"secondhalf {command} {name[0]}") for name in NAMES}
    assert given == {name: f"<{command}><{name}{ending}>" for name in NAMES}
    assert not (folder / "taken").exists()


@pytest.mark.parametrize("shell", INSTALLED)
def test_a_name_of_two_lines_runs_nothing(shell: str, folder: Path) -> None:
    for name in ("w\n$(touch taken)", "x\ntouch taken\n"):
        (folder / "runs" / name).mkdir()
        (folder / f"{name}.yaml").touch()
    with _terminal(shell, folder) as terminal:
        for begun in ("chat w", "chat x", "doctor w", "doctor x"):
            terminal.press(f"secondhalf {begun}\t\r")
            terminal.read_until("DONE")
    assert not (folder / "taken").exists()


@pytest.mark.parametrize("shell", INSTALLED)
@pytest.mark.parametrize("begun", ["f\\ b", "'f b", '"f b', "l社内\\ 文"])
def test_a_name_that_is_begun_in_quotes(shell: str, begun: str, folder: Path) -> None:
    name = next(one for one in NAMES if one[0] in begun[:2])
    with _terminal(shell, folder) as terminal:
        assert _given(terminal, f"secondhalf chat {begun}") == f"<chat><{name}>"
    assert not (folder / "taken").exists()
