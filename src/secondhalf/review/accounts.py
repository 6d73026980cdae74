"""Reviewers and their sessions. Passwords are kept as argon2 hashes, session cookies as SHA-256 of what chance made."""

import hashlib
import re
import secrets
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, cast

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from secondhalf.errors import UserError
from secondhalf.review.database import REVIEWERS, SESSIONS, ReviewDatabase, now
from secondhalf.text.normal_form import normal_form

Role = Literal["reviewer", "lead"]
SESSION_SECONDS = 12 * 3600
_NAME = re.compile(r"[\w][\w.@+-]{0,63}")
_SHORTEST = 10
_LONGEST = 1000
_OF_REVIEWER = REVIEWERS.c.name, REVIEWERS.c.role, REVIEWERS.c.password, REVIEWERS.c.active
_FRESH = 5.0  # seconds that a session is not looked up again


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews. `has_password`: they may log in by themselves, not through a proxy alone."""

    name: str
    role: Role
    has_password: bool


@dataclass(frozen=True, slots=True)
class ReviewSession:
    """Somebody who is logged in; `token` stands in every form of theirs."""

    reviewer: Reviewer
    token: str
    ends: int


class Accounts:
    """Who may review, in the database. May be used from several threads."""

    def __init__(self, database: ReviewDatabase) -> None:
        self._database, self._hasher = database, PasswordHasher()
        self._lock, self._one_at_a_time = threading.Lock(), threading.Semaphore(2)
        self._fresh: dict[str, tuple[ReviewSession, float]] = {}

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash(secrets.token_hex(16))

    def reviewers(self) -> list[Reviewer]:
        """Those who may review, by name."""
        return sorted((one for one, _ in self._known().values()), key=lambda one: one.name)

    def reviewer(self, name: str) -> Reviewer | None:
        """The reviewer of that name, in whichever of Unicode's forms; None where there is none."""
        name = normal_form("NFC", name)
        known = self._known(name).get(name)
        return known[0] if known else None

    def add(self, name: str, role: Role, password: str, author: str) -> None:
        """Adds a reviewer, or changes one, which ends their sessions. `password` "": they come through a proxy alone.

        Raises UserError, also for a name that another reviewer's looks like: who has both would agree with themself.
        """
        name = normal_form("NFC", name)
        if not _NAME.fullmatch(name):
            raise UserError(f"{name[:64]!r} is no name for a reviewer: letters, digits and . _ @ + -, 64 at most.")
        if password and not _SHORTEST <= len(password) <= _LONGEST:
            raise UserError(f"The password of {name} must have {_SHORTEST} characters or more: choose a longer one.")
        alike = next(
            (one.name for one in self.reviewers() if one.name != name and _folded(one.name) == _folded(name)), ""
        )
        if alike:
            raise UserError(
                f"{name} differs from the reviewer {alike} in the form of letters alone: write {alike}, or another name."
            )
        self._write(name, role, self._hasher.hash(password) if password else "", author, active=True)

    def remove(self, name: str, author: str) -> None:
        """Ends a reviewer's access and sessions; what they decided stays. Raises UserError for one who is none."""
        known = self.reviewer(name)
        if known is None:
            raise UserError(f"There is no reviewer {name[:64]}; `--list-reviewers` names them.")
        name = known.name
        self._write(name, known.role, "", author, active=False)

    def check(self, name: str, password: str) -> Reviewer | None:
        """The reviewer, where the password is theirs. It takes equally long where there is no such reviewer."""
        name = normal_form("NFC", name)
        known = None if "\0" in name else self._known(name).get(name)
        with self._one_at_a_time:  # each takes 64 MiB
            try:
                self._hasher.verify((known and known[1]) or self._nobody, password[:_LONGEST])
            except (VerificationError, InvalidHashError):
                return None
        return known[0] if known and known[1] else None

    def begin(self, reviewer: Reviewer) -> tuple[str, ReviewSession]:
        """A new session and its cookie. Sessions that are over are removed."""
        cookie, token, seconds = secrets.token_urlsafe(32), secrets.token_urlsafe(24), int(time.time())
        session = ReviewSession(reviewer, token, seconds + SESSION_SECONDS)
        with self._database.writing() as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.ends < seconds))
            row = {"hash": _hashed(cookie), "reviewer": reviewer.name, "token": token, "ends": session.ends}
            connection.execute(SESSIONS.insert().values(row))
        return cookie, session

    def session(self, cookie: str) -> ReviewSession | None:
        """The session of a cookie; None for one that is over, was ended, or is forged."""
        key = _hashed(cookie)
        with self._lock:
            kept = self._fresh.get(key)
        if kept and kept[1] > time.monotonic() and kept[0].ends > time.time():
            return kept[0]
        both = SESSIONS.join(REVIEWERS, REVIEWERS.c.name == SESSIONS.c.reviewer)
        columns = SESSIONS.c.token, SESSIONS.c.ends, *_OF_REVIEWER
        query = sa.select(*columns).select_from(both).where(SESSIONS.c.hash == key).order_by(REVIEWERS.c.number)
        rows = self._database.read(query)
        known = _active(rows) if rows and rows[0].ends > time.time() else {}
        reviewer = next((one for one, _ in known.values()), None)
        with self._lock:
            if reviewer is None:
                self._fresh.pop(key, None)
                return None
            if len(self._fresh) > 10_000:
                self._fresh.clear()
            session = ReviewSession(reviewer, rows[0].token, rows[0].ends)
            self._fresh[key] = session, time.monotonic() + _FRESH
        return session

    def end(self, cookie: str) -> None:
        """Ends a session."""
        with self._database.writing() as connection:
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.hash == _hashed(cookie)))
        with self._lock:
            self._fresh.pop(_hashed(cookie), None)

    def _known(self, name: str = "") -> dict[str, tuple[Reviewer, str]]:
        """The reviewers who are active, with their passwords' hashes."""
        query = sa.select(*_OF_REVIEWER)
        if name:
            query = query.where(REVIEWERS.c.name == name)
        return _active(self._database.read(query.order_by(REVIEWERS.c.number)))

    def _write(self, name: str, role: str, password: str, author: str, *, active: bool) -> None:
        row = {"name": name, "role": role, "password": password, "time": now(), "author": author, "active": active}
        with self._database.writing() as connection:
            connection.execute(REVIEWERS.insert().values(row))
            # Whoever came in by the password or the role of before logs in anew.
            connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.reviewer == name))


def _active(rows: Iterable[sa.Row[Any]]) -> dict[str, tuple[Reviewer, str]]:
    """Of rows in their order the reviewers whose last one says that they are active, each with the hash of their password."""
    known: dict[str, tuple[Reviewer, str]] = {}
    for row in rows:
        known.pop(row.name, None)
        if row.active:
            known[row.name] = Reviewer(row.name, cast(Role, row.role), bool(row.password)), row.password
    return known


def _folded(name: str) -> str:
    return normal_form("NFKC", name).casefold()


def _hashed(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()


class LoginLimit:
    """How often a log-in may fail: a name from one address, an address, a name. Kept in this process."""

    LIMITS = (5, 20, 50)
    SECONDS = 300.0

    def __init__(self) -> None:
        self._failures: dict[tuple[str, ...], list[float]] = {}
        self._lock = threading.Lock()

    def wait(self, name: str, address: str) -> int:
        """Seconds until another try; 0: now."""
        moment, longest = time.monotonic(), 0.0
        with self._lock:
            for key, limit in zip(_keys(name, address), self.LIMITS, strict=True):
                recent = [at for at in self._failures.get(key, ()) if at > moment - self.SECONDS]
                if len(recent) >= limit:
                    longest = max(longest, recent[-limit] + self.SECONDS - moment)
        return int(longest) + 1 if longest else 0

    def tried(self, name: str, address: str) -> None:
        """A log-in begins: it counts as failed until `succeeded` says otherwise, so that many at once get no further."""
        moment = time.monotonic()
        with self._lock:
            if len(self._failures) > 10_000:
                self._failures = {key: at for key, at in self._failures.items() if at[-1] > moment - self.SECONDS}
            for key in _keys(name, address):
                recent = [at for at in self._failures.get(key, ()) if at > moment - self.SECONDS]
                self._failures[key] = [*recent, moment]

    def succeeded(self, name: str, address: str) -> None:
        """The last log-in of that name from that address did not fail."""
        with self._lock:
            for key in _keys(name, address):
                if self._failures.get(key):
                    self._failures[key].pop()
                if not self._failures.get(key):
                    self._failures.pop(key, None)


def _keys(name: str, address: str) -> tuple[tuple[str, ...], ...]:
    return ("both", name, address), ("address", address), ("name", name)
