"""Who comes in: by a session's cookie, or by the name that a trusted proxy puts into a header; and whether a form is ours."""

import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from secondhalf.errors import UserError
from secondhalf.review.accounts import SESSION_SECONDS, Accounts, ReviewSession
from secondhalf.review.web.faults import ReviewFault

COOKIE = "secondhalf_review"
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]", "::1")


@dataclass(frozen=True)
class AccessSettings:
    """How people come in. `hosts`: the names by which the pages may be called, none: any; `proxy_header` "": no proxy."""

    hosts: tuple[str, ...] = _LOOPBACK
    proxy_header: str = ""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    secure: bool = False
    """The pages are read through HTTPS: cookies are sent through nothing else."""


def is_loopback(host: str) -> bool:
    """Whether an address that is listened on can be reached from this machine alone."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def trusted_networks(addresses: Sequence[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """The networks of --proxy-from. Raises UserError for what is no address."""
    try:
        return tuple(ip_network(address, strict=False) for address in addresses)
    except ValueError as error:
        raise UserError(
            f"--proxy-from: {error}; write an address such as 10.0.0.7, or a network such as 10.0.0.0/24."
        ) from error


class Access:
    """Decides for every request whose it is."""

    def __init__(self, accounts: Accounts, settings: AccessSettings, operator: str = "") -> None:
        """`operator`: the reviewer whom the terminal's link lets in."""
        self.accounts, self.settings, self.operator = accounts, settings, operator
        self._entry = secrets.token_urlsafe(24)
        self._entered, self._entering = False, threading.Lock()

    @property
    def entry(self) -> str:
        """What the link that the terminal prints holds: it lets one browser in, once."""
        return self._entry

    def use_entry(self, token: str) -> bool:
        """Whether the token is that of the terminal's link, for the first time."""
        if not secrets.compare_digest(token.encode(), self._entry.encode()):
            return False
        with self._entering:  # two browsers at once: one of them
            first, self._entered = not self._entered, True
        return first

    def check_host(self, request: Request) -> None:
        """Raises ReviewFault for a name that is not ours: a page elsewhere may have had it point here."""
        host = request.headers.get("host", "")
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if self.settings.hosts and name.lower() not in self.settings.hosts:
            raise ReviewFault("bad_host", host=name[:100])

    def session(self, request: Request) -> tuple[ReviewSession | None, str]:
        """The session of a request, and a cookie to set where it is new. Raises ReviewFault for a header from outside."""
        name = self._proxied(request)
        cookie = request.cookies.get(COOKIE, "")
        session = self.accounts.session(cookie) if cookie else None
        if name is None:
            return session, ""
        if session and session.reviewer.name == name:
            return session, ""
        reviewer = self.accounts.reviewer(name)
        if reviewer is None:
            raise ReviewFault("unknown_reviewer", name=name[:64])
        cookie, session = self.accounts.begin(reviewer)
        return session, cookie

    def _proxied(self, request: Request) -> str | None:
        """The name that a trusted proxy has put into its header; None where there is none."""
        header = self.settings.proxy_header
        if not header or header.lower() not in request.headers:
            return None
        address = address_of(request)
        if not _is_within(address, self.settings.proxies):
            raise ReviewFault("outside_header", header=header, address=address)
        names = request.headers.getlist(header)
        if len(names) != 1 or not names[0].strip():  # a client's own beside the proxy's
            raise ReviewFault("outside_header", header=header, address=address)
        return _as_utf8(names[0].strip())

    def check_form(self, request: Request, session: ReviewSession | None, token: str) -> None:
        """Raises ReviewFault for a form that is not of our pages, or of another session."""
        origin = request.headers.get("origin", "")
        elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
        if elsewhere or (origin and _host_of(origin) != request.headers.get("host", "")):
            raise ReviewFault("forged")
        if session and not secrets.compare_digest(token.encode("utf-8", "replace"), session.token.encode()):
            raise ReviewFault("forged")

    def set_cookie(self, response: Response, cookie: str) -> None:
        """Gives a browser its session."""
        response.set_cookie(
            COOKIE, cookie, max_age=SESSION_SECONDS, httponly=True, samesite="strict", secure=self.settings.secure
        )


def _is_within(address: str, networks: Sequence[IPv4Network | IPv6Network]) -> bool:
    """Whether an address is in one of the networks. A port that takes both kinds of IP writes those of version 4 as version 6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(mapped in network or parsed in network for network in networks)


def _as_utf8(header: str) -> str:
    """A header's words: proxies write names as UTF-8, servers read headers as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _host_of(origin: str) -> str:
    """Host and port of an Origin header; "" where it is none."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def address_of(request: Request) -> str:
    """The address that a request comes from."""
    return request.client.host if request.client else ""
