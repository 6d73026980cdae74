"""A shell at a terminal of its own, as a person has it: keys are pressed, Tab among them, and what it shows is read."""

import os
import pty
import re
import select
import signal
import time
from collections.abc import Mapping
from pathlib import Path

_PATIENCE = 20.0
# What fish asks a terminal before it says anything: its cursor's place, and what it is.
_ASKED = {b"\x1b[6n": b"\x1b[1;1R", b"\x1b[c": b"\x1b[?62c", b"\x1b[0c": b"\x1b[?62c"}
_START = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}


class ShellTerminal:
    """One interactive shell; a context manager, which ends it."""

    def __init__(self, shell: str, folder: Path, environment: Mapping[str, str]) -> None:
        self.shell = shell
        self.shown = b""
        self._child, self._terminal = pty.fork()
        if not self._child:
            os.chdir(folder)
            os.execvpe(_START[shell][0], _START[shell], {**environment, "TERM": "xterm", "HOME": str(folder)})

    def __enter__(self) -> "ShellTerminal":
        return self

    def __exit__(self, *_: object) -> None:
        os.kill(self._child, signal.SIGKILL)
        os.waitpid(self._child, 0)
        os.close(self._terminal)

    def press(self, keys: str) -> None:
        """Presses keys, one after the other."""
        os.write(self._terminal, keys.encode())

    def read_until(self, pattern: str) -> re.Match[str]:
        """Reads on till what was shown since the last call has the pattern; fails when it has not within seconds."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            text = self.shown.decode("utf-8", "replace")
            if found := re.search(pattern, text, re.DOTALL):
                self.shown = text[found.end() :].encode()
                return found
            if select.select([self._terminal], [], [], 0.1)[0]:
                self._read()
        raise AssertionError(f"{self.shell} shows no {pattern}: {self.shown[-2000:]!r}")

    def settle(self, seconds: float = 0.3) -> None:
        """Reads on till nothing more is shown for a while."""
        while select.select([self._terminal], [], [], seconds)[0]:
            self._read()

    def _read(self) -> None:
        try:
            shown = os.read(self._terminal, 65536)
        except OSError as error:  # what a terminal says whose shell has ended
            raise AssertionError(f"{self.shell} ended: {self.shown[-2000:]!r}") from error
        for question, answer in _ASKED.items():
            if question in shown:
                os.write(self._terminal, answer)
        self.shown += shown
