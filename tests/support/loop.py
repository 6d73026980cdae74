"""Follows docs/loop.md: its servers, its client, two reviewers in a browser, and the run after it."""

import os
import re
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support import ROOT
from support.documented import OURS, blocks, words_of

PAGE = ROOT / "docs/loop.md"
PASSWORD = "a long password"
PORTS = ("8000", "8080")
"""The ports that the page names, of the endpoint and of the review."""


def commands() -> list[str]:
    """The page's commands, in order."""
    return [step for block in blocks(PAGE) if not block.argument("write") for step, _ in block.steps()]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


@dataclass
class Loop:
    """A reader who follows the page in a folder. `patience`: seconds that a server may take to open its port; `python`: of the
    environment in which the commands run."""

    folder: Path
    patience: float = 300
    python: str = sys.executable
    ports: dict[str, str] = field(default_factory=lambda: {port: free_port() for port in PORTS})
    serving: list[subprocess.Popen[str]] = field(default_factory=list)
    printed: dict[str, str] = field(default_factory=dict)

    def write_files(self) -> None:
        """The files that the page shows."""
        for block in blocks(PAGE):
            for name in block.argument("write"):
                (self.folder / name).write_text(self._here(block.source), "utf-8")

    def carry_out(self, command: str, *more: str) -> str:
        """Runs a command of the page, with these arguments beside; what it prints. Fails where it does."""
        words = [self.python, *shlex.split(self._here(command))[1:]]
        if OURS.match(command):
            words = [self.python, "-m", "secondhalf", *words_of(self._here(command)), *more]
        environment = {**os.environ, "REVIEWER_PASSWORD": PASSWORD, "PYTHONUNBUFFERED": "1"}
        if "--add-reviewer" in words:
            words += ["--password-env", "REVIEWER_PASSWORD"]
        if command.endswith("&"):
            self._serve(command, words, environment)
            return ""
        done = subprocess.run(words, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        self.printed[command] = done.stdout
        return done.stdout

    def _serve(self, command: str, words: list[str], environment: dict[str, str]) -> None:
        with (self.folder / f"{len(self.serving)}.log").open("w") as log:
            server = subprocess.Popen(words, cwd=self.folder, env=environment, stdout=log, stderr=log, text=True)
        self.serving.append(server)
        [port] = [here for port, here in self.ports.items() if f"--port {port}" in command]
        until = time.monotonic() + self.patience
        while not _answers(f"http://127.0.0.1:{port}/health") and time.monotonic() < until:
            assert server.poll() is None, Path(log.name).read_text("utf-8")
            time.sleep(0.1)
        assert _answers(f"http://127.0.0.1:{port}/health"), Path(log.name).read_text("utf-8")

    def _here(self, text: str) -> str:
        for port, here in self.ports.items():
            text = re.sub(rf"\b{port}\b", here, text)
        return text

    @property
    def review(self) -> str:
        """The address of the review's pages."""
        return f"http://127.0.0.1:{self.ports['8080']}"


def _answers(address: str) -> bool:
    """Whether a server is there, whatever it says."""
    try:
        urllib.request.urlopen(address, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@contextmanager
def following(folder: Path, **more: Any) -> Iterator[Loop]:
    """The loop in a folder; its servers end with it, as Ctrl-C ends them."""
    loop = Loop(folder, **more)
    loop.write_files()
    try:
        yield loop
    finally:
        for server in loop.serving:
            server.terminate()
        for server in loop.serving:
            server.wait(90)


# Another item, or none, is there, and the page says that the decision was saved.
_SAVED = """item => location.pathname.endsWith("/nothing") ||
    (document.querySelector("article")?.dataset.item !== item && document.getElementById("status").textContent)"""

Judge = Callable[[int, Any], tuple[str, str]]
"""What a reviewer decides of the n-th item that they see: accept, reject or a side; or edit, with their words."""


def judge_queue(browser: Any, loop: Loop, name: str, queue: str, judge: Judge, most: int) -> int:
    """Logs a reviewer in and has them work a queue off by keyboard, so many items at most; how many it was."""
    context = browser.new_context(locale="en", reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{loop.review}/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{loop.review}/")
    page.goto(f"{loop.review}/queue/{queue}")
    count = 0
    while count < most and page.locator("article").count():
        page.locator("#stage[data-ahead]").wait_for()
        before = page.locator("article").get_attribute("data-item")
        action, words = judge(count, page)
        if action == "edit":
            page.keyboard.press("e")
            page.locator("textarea").fill(words)
            page.keyboard.press("Control+Enter")
        else:
            page.keyboard.press({"accept": "a", "reject": "r", "left": "1", "right": "2", "tie": "0"}[action])
        page.wait_for_function(_SAVED, arg=before)
        count += 1
    context.close()
    return count
