"""E-mail addresses: found from each "@" outwards, so that no pattern walks the text.

Disguised ones count when the "at" stands in brackets: `name [at] example [dot] com`. Bare words ("look at example dot
com") do not: they are ordinary English. Not taken for an address: `user@host` without a dot, the user or password of
a URL, a remote path (`git@host:project`), file names (`icon@2x.png`) and package versions (`name@4.17.21`).
"""

import re
import string
from collections.abc import Iterator

_LOCAL = string.ascii_letters + string.digits + "._%+-'"
_DOMAIN = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9_])")
_REMOTE_PATH = re.compile(r":[/~A-Za-z0-9]")
_URL_USER = re.compile(r"://[^\s/@]{0,200}$")
_AT = re.compile(r" ?(?:\[at\]|\(at\)|【at】) ?", re.IGNORECASE)
_SPELT_DOMAIN = re.compile(
    r"[A-Za-z0-9-]{1,63}(?:(?:\.| ?(?:\[dot\]|\(dot\)|【dot】) ?)[A-Za-z0-9-]{1,63}){1,8}(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
# Endings of files and systemd units, none of them a top-level domain.
_NO_DOMAIN = re.compile(
    r"png|jpe?g|gif|svg|webp|t?gz|js|ts|css|json|py|html|pdf|txt|service|socket|target|timer", re.IGNORECASE
)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address, in characters. Full-width signs are expected to be folded."""
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at)
        domain = _DOMAIN.match(text, at + 1)
        if start < at and domain and _plausible(text, start, domain):
            yield start, domain.end()
        at = text.find("@", at + 1)


def disguised_emails(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address whose "at" stands in brackets."""
    for sign in _AT.finditer(text):
        start = _local_start(text, sign.start())
        domain = _SPELT_DOMAIN.match(text, sign.end())
        if start < sign.start() and domain and domain.group()[-2:].isalpha():
            yield start, domain.end()


def _local_start(text: str, at: int) -> int:
    """Where the local part before `at` begins: at most 64 characters (RFC 5321, 4.5.3.1.1)."""
    before = text[max(0, at - 64) : at]
    local = before[len(before.rstrip(_LOCAL)) :].lstrip(".'-%")
    return at if local.endswith(".") else at - len(local)


def _plausible(text: str, start: int, domain: re.Match[str]) -> bool:
    last = domain.group().rsplit(".", 1)[1]
    if _NO_DOMAIN.fullmatch(last) or domain.group().startswith("-") or _REMOTE_PATH.match(text, domain.end()):
        return False
    return not _URL_USER.search(text, max(0, start - 204), start)
