"""Thousands of rows against a server that fails at 30 % of the calls, and kills at random moments: `make soak`.

Small versions of both run with every `make test`.
"""

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from secondhalf.models.journal.journal import Journal
from secondhalf.models.request import RefusedError, Reply, Request, Sampling
from secondhalf.models.scheduling.dispatch import send_requests
from secondhalf.models.server.openai import Servers
from secondhalf.models.server.settings import ServerSettings
from support import SCRIPTS
from support.bad_server import BadServer, random_faults
from support.send_rows import MAX_IN_FLIGHT


def _with_faults(folder: Path, rows: int, seed: int, attempts: int = 12) -> None:
    script = random_faults(0.3, seed)
    doomed = {f"say {i}" for i in range(rows) if script(f"say {i}", 1000) == script(f"say {i}", 1001) != "ok"}
    doomed = {prompt for prompt in doomed if all(script(prompt, nth) != "ok" for nth in range(50))}
    # Seconds: an answer that a busy machine gives too late would be asked for again.
    settings = {"timeout": 3, "backoff": 0.01, "attempts": attempts, "patience": 60, "max_reply_bytes": 100_000}
    settings["unanswered"] = (
        "reject"  # else a row that was answered is asked again, to tell whose fault the refusals are
    )
    with BadServer(script) as server:
        servers = Servers("m", ServerSettings(urls=[server.url], **settings))
        requests = [Request(f"r{i}", (("user", f"say {i}"),), Sampling()) for i in range(rows)]
        journal = Journal(folder / "j.sqlite")
        answers = list(send_requests(requests, servers.identity, lambda: servers, journal, "test"))
        calls = list(server.calls)
    replies = dict(answers)
    assert len(answers) == len(replies) == rows  # none is lost, none comes twice
    refused = {request.messages[0][1] for request in requests if isinstance(replies[request.id], RefusedError)}
    assert refused == doomed
    assert all(str(reply) for reply in replies.values() if isinstance(reply, RefusedError))
    assert all(r.text == f"reply to say {row[1:]}" for row, r in replies.items() if isinstance(r, Reply))
    assert len(journal) == rows - len(doomed)
    answered: set[str] = set()
    for prompt, kind in calls:
        assert prompt not in answered  # none is asked again after success
        if kind == "ok":
            answered.add(prompt)
    assert sum(kind != "ok" for _, kind in calls) > 0.2 * len(calls)


def _with_kills(folder: Path, rows: int, kills: int, seconds: float) -> None:
    generator = random.Random(1)
    with BadServer() as server:
        server.seconds = 0.03
        harness = [sys.executable, str(SCRIPTS / "send_rows.py")]
        command = [*harness, str(folder / "j.sqlite"), server.url, str(rows), str(folder / "out.json")]
        done = 0
        for _ in range(kills):
            before = len(server.calls)
            process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            while len(server.calls) == before and process.poll() is None:
                time.sleep(0.005)
            time.sleep(generator.uniform(0, seconds))
            process.send_signal(signal.SIGKILL)
            done += process.wait() == -signal.SIGKILL
        assert done > kills / 2  # most kills met it at work
        subprocess.run(command, check=True, timeout=300, stderr=subprocess.DEVNULL)
        calls = Counter(prompt for prompt, _ in server.calls)
        assert json.loads((folder / "out.json").read_text()) == {f"r{i}": f"reply to say {i}" for i in range(rows)}
    assert len(calls) == rows
    assert sum(calls.values()) - rows <= MAX_IN_FLIGHT * done  # at most what was in flight was asked again
    assert list((folder / "j.sqlite-owners").iterdir()) == []


def test_hundreds_of_rows_at_thirty_percent_faults(tmp_path: Path):
    _with_faults(tmp_path, 300, seed=1, attempts=7)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [2, 3])
def test_ten_thousand_rows_at_thirty_percent_faults(tmp_path: Path, seed: int):
    """10,000 rows against a server that fails at 30 % of the calls."""
    _with_faults(tmp_path, 10_000, seed)


def test_three_kills_at_random_moments(tmp_path: Path):
    _with_kills(tmp_path, 300, 3, 0.3)


@pytest.mark.soak
def test_fifty_kills_at_random_moments(tmp_path: Path):
    """6,000 rows, killed 50 times: none is lost, and at most those in flight are asked again."""
    _with_kills(tmp_path, 6000, 50, 0.8)
