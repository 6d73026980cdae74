"""Whether a piece of text without blanks is a URL, a host or an e-mail address, so that a tokenizer keeps it whole.

The grammar is the one spaCy's tokenizers use: an optional scheme and user, a public IPv4 address or a host whose last label is
in small letters, an optional port, and a path, query or fragment. Time is linear in the text.
"""

import re

from secondhalf.clean.english.alphabets import LOWER

_LETTER_OR_DIGIT = r"A-Za-z0-9\u00a1-\uffff"

_SCHEME = re.compile(r"[\w+.-]{2,}")
_HOST_END = re.compile("[/?#]")
_PORT = re.compile(r"\d{2,5}")
_LABEL = re.compile(rf"(?:[{_LETTER_OR_DIGIT}][{_LETTER_OR_DIGIT}_-]{{0,62}})?[{_LETTER_OR_DIGIT}]")
_TOP_LABEL = re.compile(f"[{LOWER}]{{2,63}}")
_OCTET = re.compile(r"0|[1-9]\d{0,2}")
_PRIVATE = re.compile(r"10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.")


def is_address(text: str) -> bool:
    """Whether the whole text is an address; a private IPv4 address is none."""
    if "." not in text:
        return False
    first, *rest = text.split("@")
    scheme, mark, host = first.partition("://")
    # The host may stand first, after a scheme, or after any "@" that has a user before it.
    candidates = [host if mark and _SCHEME.fullmatch(scheme) else first, *rest]
    for index, candidate in enumerate(candidates):
        host, *path = _HOST_END.split(candidate, maxsplit=1)
        if (path or index == len(rest)) and (index != 1 or first) and _is_host(host):
            return True
    return False


def _is_host(text: str) -> bool:
    host, colon, port = text.partition(":")
    if colon and not _PORT.fullmatch(port):
        return False
    *labels, top = host.split(".")
    if len(labels) == 3 and all(map(_OCTET.fullmatch, [*labels, top])):
        octets = [int(label) for label in [*labels, top]]
        return max(octets) < 256 and 0 < octets[0] < 224 and 0 < octets[3] < 255 and not _PRIVATE.match(host)
    return bool(labels and _TOP_LABEL.fullmatch(top) and all(map(_LABEL.fullmatch, labels)))
