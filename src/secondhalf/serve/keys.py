"""Keys of clients: made by chance, kept as hashes, each with its own limits a minute."""

import hashlib
import re
import secrets
import time
from dataclasses import dataclass

from secondhalf.errors import UserError
from secondhalf.serve.errors import ApiError
from secondhalf.serve.kept.database import ServeDatabase, utc_now

_NAME = re.compile(r"[\w.@-]{1,64}")


@dataclass(frozen=True, slots=True)
class ClientKey:
    """A client's key as it is known here; limits of 0 are none."""

    name: str
    requests_per_minute: int = 0
    tokens_per_minute: int = 0


class ClientKeys:
    """The keys of one endpoint. A key that is made or revoked while the endpoint runs counts from the next request on."""

    def __init__(self, database: ServeDatabase) -> None:
        self._database = database

    def make(self, name: str, requests_per_minute: int, tokens_per_minute: int) -> str:
        """A new key, which is shown this once. Raises UserError for a name that is taken or none."""
        if not _NAME.fullmatch(name):
            raise UserError(f"--make-key {name[:80]}: a name is up to 64 letters, digits, and . @ _ -.")
        if min(requests_per_minute, tokens_per_minute) < 0:
            raise UserError("Limits a minute are 0 (none) or more.")
        if self._database.read("SELECT 1 FROM keys WHERE name = ?", [name]):
            raise UserError(f"There is a key {name} already: choose another name (a revoked key's name stays its own).")
        key = f"sk-{secrets.token_urlsafe(32)}"
        with self._database.transaction() as db:
            row = (name, _hash(key), requests_per_minute, tokens_per_minute, utc_now())
            db.execute("INSERT INTO keys VALUES (?, ?, ?, ?, ?, '')", row)
        return key

    def revoke(self, name: str) -> None:
        """From now on the key opens nothing. Raises UserError where there is none of that name."""
        with self._database.transaction() as db:
            if not db.execute(
                "UPDATE keys SET revoked = ? WHERE name = ? AND revoked = ''", [utc_now(), name]
            ).rowcount:
                raise UserError(f"There is no key {name} that counts: `--list-keys` shows them.")

    def rows(self) -> list[dict[str, object]]:
        """Every key, without its hash."""
        names = ["name", "requests_per_minute", "tokens_per_minute", "made", "revoked"]
        rows = self._database.read(f"SELECT {', '.join(names)} FROM keys ORDER BY name")
        return [dict(zip(names, row, strict=True)) for row in rows]

    @property
    def needed(self) -> bool:
        """Whether any was ever made: then every request needs one, also when all are revoked."""
        return bool(self._database.read("SELECT 1 FROM keys LIMIT 1"))

    def find(self, authorization: str) -> ClientKey:
        """The key of an Authorization header, or no one's where none is needed. Raises ApiError, status 401."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() == "bearer" and key.strip():
            query = "SELECT name, requests_per_minute, tokens_per_minute FROM keys WHERE hash = ? AND revoked = ''"
            for name, requests, tokens in self._database.read(query, [_hash(key.strip())]):
                return ClientKey(str(name), int(str(requests)), int(str(tokens)))
        if not self.needed:
            return ClientKey("")  # clients send any word where a server asks for none
        words = "This key is not known here." if key else "Send a key: Authorization: Bearer KEY."
        raise ApiError(401, words, code="invalid_api_key", headers={"www-authenticate": "Bearer"})


class KeyLimits:
    """How much each key has used of its minute: what is used flows back evenly, a minute's worth a minute."""

    def __init__(self) -> None:
        self._used: dict[tuple[str, str], tuple[float, float]] = {}

    def admit(self, key: ClientKey) -> None:
        """Counts a request. Raises ApiError, status 429, with the seconds to wait, where a limit is reached."""
        for kind, limit in (("requests", key.requests_per_minute), ("tokens", key.tokens_per_minute)):
            used = self._now(key, kind, limit)
            room = limit - 1 if kind == "requests" else limit - 0.5
            if limit and used > room:
                wait = max(1, round((used - room) * 60 / limit + 0.5))
                raise ApiError(
                    429, f"This key may use {limit} {kind} a minute: wait {wait} s.", code="rate_limit_exceeded",
                    headers={"retry-after": str(wait)},
                )  # fmt: skip
        self._use(key, "requests", key.requests_per_minute, 1)

    def spend(self, key: ClientKey, tokens: int) -> None:
        """Counts the tokens of a request, read and written. One that is in work may pass the limit; the next one waits longer."""
        self._use(key, "tokens", key.tokens_per_minute, tokens)

    def _now(self, key: ClientKey, kind: str, limit: int) -> float:
        used, since = self._used.get((key.name, kind), (0.0, 0.0))
        return max(0.0, used - (time.monotonic() - since) * limit / 60)

    def _use(self, key: ClientKey, kind: str, limit: int, amount: int) -> None:
        if limit:
            self._used[key.name, kind] = self._now(key, kind, limit) + amount, time.monotonic()


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
