"""Keys that open something: tokens of well-known shapes, private key blocks, signed tokens, named secrets."""

import re
from collections.abc import Iterator

# The shapes that services publish so that leaks can be found. Each begins with a fixed text, and each is bounded.
_SHAPES = re.compile(
    r"(?<![A-Za-z0-9_-])(?:"
    r"sk-(?:ant-|proj-|svcacct-|or-)?[A-Za-z0-9_-]{20,200}"
    r"|(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,120}"
    r"|whsec_[A-Za-z0-9+/=]{24,64}"
    r"|(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{60,255}"
    r"|glpat-[A-Za-z0-9_-]{20,64}"
    r"|xox[abeoprs]-[A-Za-z0-9-]{20,250}"
    r"|AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,250}"
    r"|hf_[A-Za-z0-9]{30,60}|npm_[A-Za-z0-9]{36}|pypi-[A-Za-z0-9_-]{40,250}"
    r"|SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"
    r"|shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}|do[opr]_v1_[a-f0-9]{64}"
    r"|eyJ[A-Za-z0-9_-]{8,2000}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{10,1000}"
    r")(?![A-Za-z0-9_])"
)
_NAMED = re.compile(
    r"(?:api[ _-]?key|access[ _-]?key|secret[ _-]?key|private[ _-]?key|auth[ _-]?key|secret|token|bearer)"
    r"[\"'`]?(?:\s{0,3}[:=：]\s{0,3}|\s)[\"'`]?([A-Za-z0-9_+/=-]{20,200})(?![A-Za-z0-9_+/=(.\[-])",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----")
_BASE64_LINES = re.compile(r"(?:\s{1,2}[A-Za-z0-9+/=]{16,76}){0,400}")
_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")


def keys(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each key. A private key block without its end is taken as far as its lines go."""
    for match in _SHAPES.finditer(text):
        yield match.span()
    for match in _NAMED.finditer(text):
        value = match.group(1)
        if any(c.isdigit() for c in value) and any(c.isalpha() for c in value):
            yield match.span(1)


def key_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each private key in PEM form, from BEGIN to END."""
    for head in _BLOCK.finditer(text):
        dashes = text.find("-----", head.end(), head.end() + 20_000)
        tail = _BLOCK_END.match(text, dashes) if dashes >= 0 else None
        lines = _BASE64_LINES.match(text, head.end())
        yield head.start(), tail.end() if tail else lines.end() if lines else head.end()
