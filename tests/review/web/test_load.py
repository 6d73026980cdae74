"""Two hundred people at once, on both databases: no error, and every decision is in the log once. Some seconds of real requests."""

import asyncio
import re
from html import unescape
from pathlib import Path

import aiohttp

from support.review_runs import made_pairs, made_run
from support.review_server import ReviewServer, review_server

PEOPLE = 200
FIELD = re.compile(r'<input type="hidden" name="(csrf|item|queue|seen|replaces)" value="([^"]*)"')


async def person(server: ReviewServer, cookie: str) -> list[int]:
    """Judges two pairs with plain forms, the second one posted twice at once; the statuses of all answers."""
    async with aiohttp.ClientSession(
        cookies={"secondhalf_review": cookie}, cookie_jar=aiohttp.CookieJar(unsafe=True)
    ) as session:
        async with session.get(f"{server.address}/queue/random") as answer:
            statuses, page = [answer.status], await answer.text()
        for times in (1, 2):
            form = {name: unescape(value) for name, value in FIELD.findall(page)} | {"action": "accept"}

            async def post(form: dict[str, str] = form) -> tuple[int, str]:
                async with session.post(f"{server.address}/decide", data=form) as answer:
                    return answer.status, await answer.text()

            answers = await asyncio.gather(*(post() for _ in range(times)))
            statuses += [status for status, _ in answers]
            page = answers[0][1]
        return statuses


def test_two_hundred_people_at_once(tmp_path: Path, url: str):
    run = made_run(tmp_path, made_pairs(600), review={"overlap_share": 0})
    with review_server(run, url) as server:
        cookies = []
        for n in range(PEOPLE):
            server.accounts._write(f"p{n}", "reviewer", "", "test", active=True)
            reviewer = server.accounts.reviewer(f"p{n}")
            assert reviewer
            cookies.append(server.accounts.begin(reviewer)[0])

        async def everybody() -> list[list[int]]:
            return await asyncio.gather(*(person(server, cookie) for cookie in cookies))

        statuses = asyncio.run(everybody())
        assert {status for one in statuses for status in one} == {200}
        server.desk.log.follow()
        rows = server.desk.log.rows
        assert len(rows) == 2 * PEOPLE
        assert len({row.item for row in rows}) == 2 * PEOPLE  # nobody had another's item
        assert [row.number for row in rows] == list(range(1, 2 * PEOPLE + 1))
