"""A review's real server in a thread, and a browser's manner of asking it: cookies, forms, no redirects followed unseen."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from html import unescape
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

import uvicorn
from argon2 import PasswordHasher

from secondhalf.review.accounts import Accounts
from secondhalf.review.database import ReviewDatabase
from secondhalf.review.desk import Desk
from secondhalf.review.web.access import Access, AccessSettings
from secondhalf.review.web.application import review_application
from secondhalf.review.web.server import server_config
from secondhalf.runs import Run
from secondhalf.server_loop import run_server

PASSWORD = "a long password"


@cache
def _hashed() -> str:
    """The password's hash, made in a thousandth of the time that a real one takes."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class ReviewServer:
    """The server, its desk and its accounts: a lead `lea`, reviewers `aki` and `ben`, all with PASSWORD."""

    def __init__(self, run: Run, url: str, settings: AccessSettings | None = None) -> None:
        self.database = ReviewDatabase(url)
        self.accounts = Accounts(self.database)
        for name, role in (("lea", "lead"), ("aki", "reviewer"), ("ben", "reviewer")):
            if self.accounts.reviewer(name) is None:
                self.accounts._write(name, role, _hashed(), "test", active=True)
        self.desk = Desk(run, self.database)
        self.access = Access(self.accounts, settings or AccessSettings(), "lea")
        config = server_config(review_application(self.desk, self.access), "127.0.0.1", 0)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: run_server(self._server.serve()), daemon=True)

    def start(self) -> None:
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.01)
            assert self._thread.is_alive()

    @property
    def port(self) -> int:
        return int(self._server.servers[0].sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self.database.close()

    def browser(self, name: str = "") -> "Browser":
        """A browser, logged in where a name is given (without the slow hash of a password)."""
        browser = Browser(self.port)
        reviewer = self.accounts.reviewer(name) if name else None
        if reviewer:
            browser.cookies["secondhalf_review"], session = self.accounts.begin(reviewer)
            browser.token = session.token
        return browser


@contextmanager
def review_server(run: Run, url: str, settings: AccessSettings | None = None) -> Iterator[ReviewServer]:
    """A server while it is used."""
    server = ReviewServer(run, url, settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Page:
    """An answer."""

    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status, self.headers, self.text = status, headers, text

    def field(self, name: str) -> str:
        """The value of a hidden field of the page's decision form."""
        found = re.search(
            rf'<input type="hidden" name="{name}" value="([^"]*)"', self.text[self.text.find('action="/decide"') :]
        )
        assert found, f"no field {name} in {self.text[:300]}"
        return unescape(found[1])

    @property
    def form(self) -> dict[str, str]:
        return {name: self.field(name) for name in ("csrf", "item", "queue", "seen", "replaces")}


class Browser:
    """Cookies and forms over HTTP/1.1, one connection a request."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies, self.token = port, {}, ""  # type: ignore[var-annotated]

    def ask(self, method: str, path: str, body: str | bytes | None = None, **headers: str) -> Page:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent.setdefault("cookie", "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8")
        for value in answer.headers.get_all("set-cookie") or []:
            name, _, rest = value.partition("=")
            self.cookies[name] = rest.partition(";")[0].strip('"')
        connection.close()
        return Page(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)

    def get(self, path: str, **headers: str) -> Page:
        return self.ask("GET", path, **headers)

    def follow(self, path: str) -> Page:
        """A page, through its redirects."""
        for _ in range(5):
            page = self.get(path)
            if page.status != 303:
                return page
            parts = urlsplit(page.headers["location"])
            path = parts.path + (f"?{parts.query}" if parts.query else "")
        raise AssertionError(f"{path} leads nowhere")

    def post(self, path: str, fields: dict[str, Any], **headers: str) -> Page:
        headers.setdefault("content_type", "application/x-www-form-urlencoded")
        return self.ask("POST", path, urlencode(fields), **headers)
