"""The scripts in the shells themselves, those of them that are installed: bash, zsh and fish."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from secondhalf.commands.completion.words import command_words
from secondhalf.commands.completion.write import SHELLS

INSTALLED = [shell for shell in SHELLS if shutil.which(shell)]

_BASH = """source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); _secondhalf; printf '%s\\n' "${COMPREPLY[@]}\""""
# A terminal of zsh's own, in which the line is typed and Tab pressed: what it lists, and what then stands in the line.
_ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
{
  print -r 'stty cols 200 rows 200; PS1=; autoload -Uz compinit; compinit -D -u; LISTMAX=1000; setopt list_rows_first'
  print -r 'source $SCRIPT; show() { print -r -- " LINE=[$BUFFER]" }; zle -N show; bindkey "^Xs" show; print BEG""IN'
} | while read -r line; do zpty -w shell "$line"; done
zpty -r -m shell output '*BEGIN*'
zpty -w -n shell "$LINE"$'\t'$'\C-X's
zpty -r -m shell output '*LINE=\[*\]*'
print -r -- "$output"
zpty -d shell
"""


def _bash(script: Path, words: list[str], folder: Path) -> list[str]:
    done = subprocess.run(
        ["bash", "-c", _BASH, "bash", str(script), *words], capture_output=True, text=True, check=False, cwd=folder
    )
    assert done.stderr == ""
    return done.stdout.split("\n")


def _fish(script: Path, words: list[str], folder: Path) -> list[str]:
    line = " ".join(word.replace(" ", "\\ ") for word in words)
    command = f"source {script}; complete -C '{line}'"
    environment = os.environ | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / ".config")}
    done = subprocess.run(
        ["fish", "--no-config", "-c", command], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert done.stderr == ""
    return [offered.partition("\t")[0] for offered in done.stdout.split("\n")]


def _zsh(script: Path, words: list[str], folder: Path) -> list[str]:
    environment = os.environ | {"SCRIPT": str(script), "LINE": " ".join(words), "HOME": str(folder), "TERM": "dumb"}
    done = subprocess.run(
        ["zsh", "-f", "-c", _ZSH], capture_output=True, text=True, check=False, cwd=folder, env=environment, timeout=30
    )
    listed, _, filled = done.stdout.rpartition("LINE=[")
    line = filled.partition("]")[0]
    if line != " ".join(words):  # what was begun is filled in where there is one word for it
        return [line.split()[-1]]
    lines = [re.sub(r"\s+-- .*", "", one) for one in listed.split("\n")]
    return [word for one in lines for word in re.split(r"\s{2,}", one)]


RUN: dict[str, Callable[[Path, list[str], Path], list[str]]] = {"bash": _bash, "zsh": _zsh, "fish": _fish}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with two runs, one of them with a hostile name, and a recipe."""
    for name in ("my-run", "$(touch taken)", "other"):
        (tmp_path / "work" / "runs" / name).mkdir(parents=True)
    (tmp_path / "work" / "my.yaml").touch()
    return tmp_path / "work"


def _offered(shell: str, folder: Path, *words: str) -> set[str]:
    script = folder.parent / f"completion.{shell}"
    script.write_text(SHELLS[shell](command_words()), "utf-8")
    offered = {word.strip().rstrip("/") for word in RUN[shell](script, ["secondhalf", *words], folder)} - {""}
    assert not (folder / "taken").exists()
    return offered


@pytest.mark.parametrize("shell", INSTALLED)
def test_commands(shell: str, folder: Path):
    assert {"export", "run", "completion"} <= _offered(shell, folder, "")
    assert _offered(shell, folder, "exp") == {"export"}


@pytest.mark.parametrize("shell", INSTALLED)
def test_options_and_their_values(shell: str, folder: Path):
    assert {"--arm", "--as", "--out"} <= _offered(shell, folder, "export", "--")
    assert _offered(shell, folder, "export", "--as", "g") == {"gguf"}
    assert {"messages", "alpaca", "parquet"} <= _offered(shell, folder, "data", "my-run", "--as", "")
    assert "my.yaml" in _offered(shell, folder, "run", "")
    assert {"clean", "teach"} <= _offered(shell, folder, "show", "my-run", "")


@pytest.mark.parametrize("shell", INSTALLED)
def test_runs_and_what_is_in_their_names_is_run_by_no_one(shell: str, folder: Path):
    assert {"my-run", "other"} <= _offered(shell, folder, "show", "")
    assert _offered(shell, folder, "chat", "my") == {"my-run"}


@pytest.mark.parametrize("shell", INSTALLED)
def test_the_shell_can_read_it(shell: str, folder: Path):
    script = folder / "script"
    script.write_text(SHELLS[shell](command_words()), "utf-8")
    done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
