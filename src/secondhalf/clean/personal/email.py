"""E-mail addresses: found from each "@" outwards, so that no pattern walks the text.

Disguised ones count when the "at" stands in brackets: `name [at] example [dot] com`. Bare words ("look at example dot
com") do not: they are ordinary English. Not taken for an address: `user@host` without a dot, the user or password of
a URL, a remote path (`git@host:project`), file names (`icon@2x.png`), package versions (`name@4.17.21`), handles
(`@name@social.example`), class names (`col@tablet.is-wide`) and products of matrices (`q@k.transpose(1, 2)`).
"""

import re
import string
from collections.abc import Iterator
from functools import cache

from secondhalf.clean.lists import word_lists

_LOCAL = string.ascii_letters + string.digits + "._%+-'"
# The ideographic full stop counts as a dot where an ending follows: otherwise it ends a sentence.
_DOT = r"(?:\.|[。｡](?=(?:(?:ac|ad|co|ed|go|gr|lg|ne|or)[.。｡])?(?:jp|com|net|org)(?![A-Za-z0-9-])))"
_DOMAIN = re.compile(
    rf"(?:[A-Za-z0-9-]{{1,63}}{_DOT}){{1,8}}(?:[Xx][Nn]--[A-Za-z0-9-]{{2,59}}|[A-Za-z]{{2,24}}(?![A-Za-z0-9_]))"
)
_DOTS = re.compile("[.。｡]")
_REMOTE_PATH = re.compile(r":[/~A-Za-z0-9]")
_URL_USER = re.compile(r"://[^\s/@]{0,200}$")
_AT = re.compile(r" ?(?:\[at\]|\(at\)|【at】|[\[(【](?:アットマーク|アット|あっと)[\])】]) ?", re.IGNORECASE)
_SPELT_DOMAIN = re.compile(
    r"[A-Za-z0-9-]{1,63}(?:(?:\.| ?(?:\[dot\]|\(dot\)|【dot】) ?)[A-Za-z0-9-]{1,63}){1,8}(?![A-Za-z0-9_])",
    re.IGNORECASE,
)
# Top-level domains that are mostly endings of files and systemd units, and pictures for dense screens (`logo@2x.ai`).
_NO_DOMAIN = re.compile(r"py|target|zip", re.IGNORECASE)
_PICTURE = re.compile(r"[1-9]x\.")
# Endings that are names in code too: of countries these; of the others all but those of nearly every address.
_METHODS = re.compile("as|at|be|by|cc|do|ge|gt|id|in|is|it|me|ml|mt|my|ne|no|pl|ps|rs|sh|so|to", re.IGNORECASE)
_PLAIN = re.compile("com|net|org|edu|gov|mil|info|biz", re.IGNORECASE)
# What follows a name in code: a call (no remark in Japanese or on hours), an index, a slot, one more attribute, more of a class.
_CODE_AFTER = re.compile(
    r"\((?![^\x00-\x7f]|[0-9]{1,2}:)|\$|\[(?![0-9]{1,3}\])|\.[A-Za-z_]\w*\(|\.m?[TH]\b|-[A-Za-z0-9]"
)


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each address, in characters. Full-width signs are expected to be folded."""
    at = text.find("@")
    while at >= 0:
        start = _local_start(text, at)
        domain = _DOMAIN.match(text, at + 1)
        if start < at and domain and (end := _address_end(text, start, domain)):
            yield start, end
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


def _address_end(text: str, start: int, domain: re.Match[str]) -> int:
    """Where the address ends; 0 where there is none."""
    labels = _DOTS.split(domain.group())
    # A sentence that follows without a blank: "to name@example.com.Please".
    while len(labels) > 2 and not _is_top_level(labels[-1]) and labels[-1].istitle() and _is_plain(labels[-2]):
        labels.pop()
    top, name = labels[-1], ".".join(labels)
    end = domain.start() + len(name)
    if not _is_top_level(top) or name.startswith("-") or _PICTURE.match(name) or _REMOTE_PATH.match(text, end):
        return 0
    # A handle of a federated network: "@name@social.example".
    if text[start - 1 : start] == "@" or _URL_USER.search(text, max(0, start - 204), start):
        return 0
    return 0 if not _is_plain(top) and _is_code(text, start, name, end) else end


def _is_code(text: str, start: int, domain: str, end: int) -> bool:
    """True for attributes and class names that end like a domain; only asked where the ending is a name in code too."""
    short = text[start + 1] == "@" and domain[1] == "."
    return (
        short
        or domain == "meta.data"
        or domain.startswith(("self.", "cls.", "this."))
        or text[start - 1 : start] == "."
        or bool(_CODE_AFTER.match(text, end))
    )


def _is_plain(top: str) -> bool:
    """True for an ending that people's addresses have and names in code have not."""
    return bool(_PLAIN.fullmatch(top)) or (len(top) == 2 and not _METHODS.fullmatch(top))


def _is_top_level(label: str) -> bool:
    """True for a top-level domain in one case; `mT` is the transposed matrix, not Malta."""
    one_case = label.islower() or label.isupper() or label.istitle()
    return (
        one_case and not _NO_DOMAIN.fullmatch(label) and (label[:4].lower() == "xn--" or label.lower() in _top_level())
    )


@cache
def _top_level() -> frozenset[str]:
    return frozenset(name for names in word_lists("domains").values() for name in names)
