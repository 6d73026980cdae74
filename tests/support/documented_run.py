"""Carries out the commands of a page in a folder, with small models in place of the page's own."""

import io
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from secondhalf.cli import main
from secondhalf.recipe.file import read_commented, read_overrides, set_value
from support import ROOT
from support.documented import OURS, Block, blocks, parse_error, words_of

# What the setting-up commands of a page name; they are looked up, since tests install nothing.
_INSTALLS = re.compile(r"(?:uv |uvx |python -m )?pip install (.+)|uv tool install (.+)|python3? -m venv .+")
_SCRIPT = re.compile(r"(?:\.venv/bin/)?python3? (\w+\.py)")
_OUTSIDE = re.compile(r"(?:git clone|cd|source|accelerate|ollama|docker|podman|curl|model_signing|uvx) .+")


@dataclass
class Tally:
    """How many commands were run, looked up (`make`, `pip`), and only parsed, with their places."""

    run: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    parsed: list[str] = field(default_factory=list)


@dataclass
class Session:
    """A reader who follows a page in a folder of their own."""

    folder: Path
    student: Path
    givens: dict[str, Callable[[Path], None]]
    soak: bool = False
    """Whether commands that take minutes are run too."""
    tally: Tally = field(default_factory=Tally)

    def follow(self, page: Path) -> None:
        """Runs the page's commands one after the other; fails at the first that does otherwise than the page says."""
        with chdir(self.folder):
            for block in blocks(page):
                for given in block.argument("given"):
                    self.givens[given](self.folder)
                for smaller in block.argument("set"):
                    _set_fields(*shlex.split(smaller))
                if name := block.argument("write"):
                    Path(name[0]).parent.mkdir(parents=True, exist_ok=True)
                    Path(name[0]).write_text(block.source, "utf-8")
                    continue
                steps = block.steps()
                for number, (command, printed) in enumerate(steps):
                    last = number == len(steps) - 1
                    self._carry_out(f"{page.name}:{block.line}", block, command, printed, last=last)

    def _carry_out(self, place: str, block: Block, command: str, printed: str, *, last: bool) -> None:
        what = f"{place}: {command}"
        elsewhere = block.argument("parse") or block.argument("elsewhere")
        only_parsed = elsewhere or (block.argument("soak") and not self.soak)
        if OURS.match(command):
            assert not (error := parse_error(command)), f"{what}: {error}"
        if only_parsed:
            script = _SCRIPT.fullmatch(command)  # which the page has written before
            known = Path(script[1]).is_file() if script else OURS.match(command) or _OUTSIDE.match(command)
            assert known, f"{what}: nobody can check this"
            self.tally.parsed.append(what)
            return
        if not OURS.match(command) and self._look_up(what, command):
            return
        code, output = self._run_ours(block, command) if OURS.match(command) else self._run_shell(block, command)
        expected = int(block.argument("exit")[0]) if last and block.argument("exit") else 0
        assert code == expected, f"{what}: exit code {code}\n{output}"
        if printed and not block.argument("output"):
            assert matches(printed, output), f"{what} prints\n{output}"
        self.tally.run.append(what)

    def _run_ours(self, block: Block, command: str) -> tuple[int, str]:
        words = [block.replaced(word, self.student) for word in words_of(command)]
        for more in block.argument("with"):
            name, *beside = shlex.split(more.replace("{student}", str(self.student)))
            words += beside if name == words[0] else []
        printed, errors = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(printed), redirect_stderr(errors):
            patch.setattr(sys, "stdin", io.StringIO("".join(f"{line}\n" for line in block.argument("say"))))
            patch.setenv("XDG_CONFIG_HOME", str(self.folder / "config"))
            code = main(words)
        return code, printed.getvalue() if code == 0 else printed.getvalue() + errors.getvalue()

    def _run_shell(self, block: Block, command: str) -> tuple[int, str]:
        if script := _SCRIPT.fullmatch(command):
            printed = io.StringIO()
            with redirect_stdout(printed), redirect_stderr(io.StringIO()):  # here, where all is imported
                runpy.run_path(script[1], run_name="__main__")
            return 0, printed.getvalue()
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)
        return done.returncode, done.stdout + done.stderr

    def _look_up(self, what: str, command: str) -> bool:
        """Whether a command only sets something up; what it names has to be there."""
        if command.startswith("make "):
            targets = [word for word in shlex.split(command, comments=True)[1:] if "=" not in word and word[0] != "-"]
            made = re.findall(r"^([\w/.-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
            assert set(targets) <= set(made), what
        elif installed := _INSTALLS.fullmatch(command.partition("  #")[0]):
            extras = re.findall(r"\[([\w,]+)\]", " ".join(filter(None, installed.groups())))
            known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
            assert {extra for group in extras for extra in group.split(",")} <= set(known), what
        elif script := re.match(r"(?:\.venv/bin/)?python ((?:benchmarks|tools)/\S+)", command):
            assert (ROOT / script[1]).is_file(), what
        elif not _OUTSIDE.fullmatch(command):
            return False
        self.tally.looked_up.append(what)
        return True


def _set_fields(recipe: str, *fields: str) -> None:
    commented = read_commented(Path(recipe))
    for name, value in read_overrides(fields):
        set_value(commented, name, value)
    with Path(recipe).open("w", encoding="utf-8") as file:
        YAML().dump(commented, file)


def matches(printed: str, output: str) -> bool:
    """Whether an output is what a page prints; `...` or `…` stands for anything, and blanks at line ends for nothing."""
    pattern = "\n".join(line.rstrip() for line in printed.strip().splitlines())
    expression = re.escape(pattern).replace(r"\.\.\.", ".*?").replace("…", ".*?")
    return bool(re.fullmatch(expression, "\n".join(line.rstrip() for line in output.strip().splitlines()), re.DOTALL))
