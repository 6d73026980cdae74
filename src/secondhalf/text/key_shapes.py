"""Keys that open something: tokens of well-known shapes, signed tokens, named secrets; and names that are keys themselves."""

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
# Characters that keys are made of become 0: a run of twenty zeros is where the patterns are tried, and nowhere else.
_CHARACTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/+.="
_KEY_OR_NOT = bytes(0x30 if byte in _CHARACTERS else 0x78 for byte in range(256))
_NAMED = re.compile(
    r"(?:api[ _-]?key|access[ _-]?key|secret[ _-]?key|private[ _-]?key|auth[ _-]?key|secret|token|bearer)"
    r"[\"'`]?(?:\s{0,3}[:=：]\s{0,3}|\s)[\"'`]?([A-Za-z0-9_+/=-]{20,200})(?![A-Za-z0-9_+/=(.\[-])",
    re.IGNORECASE,
)
# Names of classes, files and resources (`sk-folding-cube-spinner`, `secrets/db-password/versions/3`) are words; a key is not.
_WORDS = re.compile(r"[A-Za-z]{1,16}[0-9]{0,3}(?:[-_/.+=:](?:[A-Za-z]{1,16}[0-9]{0,3}|[0-9]{0,3})){2,}")
_MOST_DIGITS = 3  # of such a name in all
# A part of a variable's name is a word or a few digits; what mixes letters and digits, or cases, at this length was drawn.
_RANDOM = re.compile(
    r"(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{16,200}"
    r"|(?=[A-Za-z]*[a-z])(?=[A-Za-z]*[A-Z])[A-Za-z]{24,200}"
)


def keys(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each token and each named secret, in characters."""
    yield from shaped(text)
    for start, end in _runs(text):
        for match in _NAMED.finditer(text, max(0, start - 40), end + 1):
            value = match.group(1)
            mixed = any(c.isdigit() for c in value) and any(c.isalpha() for c in value)
            if mixed and not _is_name(value):
                yield match.span(1)


def _is_name(value: str) -> bool:
    return sum(map(str.isdigit, value)) <= _MOST_DIGITS and bool(_WORDS.fullmatch(value))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each run of twenty key characters or more. Latin-1 has one byte for each character."""
    data = text.encode("latin-1", "replace").translate(_KEY_OR_NOT) + b"x"
    start = data.find(b"00000000000000000000")
    while start >= 0:
        end = data.index(b"x", start)
        yield start, end
        start = data.find(b"00000000000000000000", end)


def shaped(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each token of a well-known shape, in characters."""
    for start, end in _runs(text):
        for match in _SHAPES.finditer(text, start, end):
            if not _is_name(match.group()):
                yield match.span()


def looks_like_key(name: str) -> bool:
    """Whether what stands where a variable's name is asked for is rather a key: of a known shape, or long and drawn at random."""
    return any(shaped(name)) or any(_RANDOM.fullmatch(part) for part in re.split(r"[_-]", name))
