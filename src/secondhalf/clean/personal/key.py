"""Private keys in PEM form. Keys of other shapes: text/key_shapes.py."""

import re
from collections.abc import Iterator

_BLOCK = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY-----")
_BASE64_LINES = re.compile(r"(?:\s{1,2}[A-Za-z0-9+/=]{16,76}){0,400}")
_BLOCK_END = re.compile(r"-----END [A-Z0-9 ]{0,40}-----")


def key_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each private key in PEM form; one without its END is taken as far as its lines go."""
    for head in _BLOCK.finditer(text):
        dashes = text.find("-----", head.end(), head.end() + 20_000)
        tail = _BLOCK_END.match(text, dashes) if dashes >= 0 else None
        lines = _BASE64_LINES.match(text, head.end())
        yield head.start(), tail.end() if tail else lines.end() if lines else head.end()
