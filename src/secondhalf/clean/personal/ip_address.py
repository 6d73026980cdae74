"""IP addresses, version 4 and 6; by default those that are public, as in FineWeb (arXiv 2406.17557, section 3.6).

Four small numbers with dots are more often a version or a section than an address, so they need a word that says
so. Documentation ranges (RFC 5737, RFC 3849) count as public: they stand where a public address would.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address

_FOUR = re.compile(r"(?<![0-9A-Za-z_.])(?<![A-Za-z]/)(?<!==)(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![0-9A-Za-z_])(?!\.[0-9])")
_SIX = re.compile(
    r"(?:(?<=[vV]6:)|(?<![0-9A-Za-z.])(?<![0-9A-Fa-f:]:))"
    r"[0-9A-Fa-f]{0,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}(?![0-9A-Za-z])(?!:[0-9A-Za-z])"
)
# A search that begins with a fixed sign is some fifty times faster than one for a digit.
_DOTS = re.compile(r"\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]")
_COLONS = re.compile(r":(?=[0-9A-Fa-f]{0,4}:)")
_DOCUMENTATION = [IPv4Network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
# Protocol assignments (RFC 6890): Python's versions differ on whether a few of them are public; they are no one's.
_PROTOCOLS = IPv4Network("192.0.0.0/24")
_DOCUMENTATION_SIX = IPv6Network("2001:db8::/32")
_GLOBAL_SIX = IPv6Network("2000::/3")
# A version has small parts, or at least a small first and second one; of the addresses, one in a hundred has.
_SMALL, _SMALL_FIRST, _SMALL_SECOND = 64, 16, 32
# Public resolvers made of small numbers, known to everyone.
_RESOLVERS = frozenset({"1.1.1.1", "1.0.0.1", "8.8.8.8", "8.8.4.4", "9.9.9.9"})
# Words that say of a number near by that it is an address, and words that say it only of the one beside them.
_ADDRESS_WORD = re.compile(
    r"(?<![A-Za-z\[])ip(?![A-Za-z])|address|\bdns\b|\bping|resolver|アドレス|://$", re.IGNORECASE
)
_NAMED_ADDRESS = re.compile(
    r"(?:(?<![A-Za-z\[])ip(?:v4)?|\baddress(?:es)?|アドレス|\bping|://)(?: (?:is|was|of))?[はがの]?[ :=：「\"']{0,3}$",
    re.IGNORECASE,
)
_MACHINE = r"(?:\bhosts?|\bservers?|サーバー?|ホスト|接続先?|\bdns|\bresolvers?)"
_MACHINE_BEFORE = re.compile(
    rf"{_MACHINE}(?: (?:at|is|on|address)|名?[はがのを]|名)?[ :=：(（「\"']{{0,3}}$", re.IGNORECASE
)
_MACHINE_AFTER = re.compile(rf"[ )）」\"']{{0,2}}(?:という|の|に|へ|を|は|\(|（)?[ ]?{_MACHINE}", re.IGNORECASE)
# A product right before: "Flash Player 24.0.0.194", "PostgreSQL server 9.6.24.1", but no "From" and no "IP Address".
_PRODUCT = re.compile(
    r"(?:(?<![A-Za-z])[A-Z][A-Za-z+#]*[- ](?:[A-Z][A-Za-z+#]*|[Ss]erver)|[A-Z][a-z]*[A-Z][A-Za-z]*(?: [Ss]erver)?"
    r"|(?<![A-Za-z])(?!(?:At|By|For|From|Hosts?|In|Node|On|Peer|Proxy|See|Servers?|Source|Target|To|Use|Users?|Via)\b)[A-Z][A-Za-z]*"
    r"|」) ?$"
)
_VERSION_WORD = re.compile(
    r"(?:version|(?<![A-Za-z])ver\.?|release|build|driver|patch|section|chapter|clause|fig(?:ure|\.)|table|バージョン|リリース|ビルド|ドライバー?|パッチ"
    r"|ファームウェア|第|図|表|§)\s{0,2}$",
    re.IGNORECASE,
)
# Object identifiers (ITU-T X.660): attributes, extensions and rules of X.500, and all that the text calls one.
_OID_ARC = re.compile(r"2\.5\.(?:4|8|13|29)\.|1\.3\.(?:6\.1$|14\.)")
_OID = re.compile(r"[0-2]\.")
_OID_WORD = re.compile(r"\bOIDs?\b|object identifier|オブジェクト識別子", re.IGNORECASE)
_HEADING = re.compile(r"\.\s")
_UNIT_AFTER = re.compile(r"\s?(?:節|項|章|条|版|号|以降|-(?![0-9]{1,3}\.[0-9]{1,3}\.)[0-9A-Za-z])")


def ipv4_addresses(text: str, public_only: bool = True) -> Iterator[tuple[int, int]]:
    """Start and end of each IPv4 address, in characters. `public_only`: private, loopback and link-local ones are left out."""
    for match in _around(text, _DOTS, _FOUR, 3):
        if _is_address(match.group(), public_only) and not _is_version(text, match):
            yield match.span()


def ipv6_addresses(text: str, public_only: bool = True) -> Iterator[tuple[int, int]]:
    """Start and end of each IPv6 address, in characters; `public_only` as above."""
    for match in _around(text, _COLONS, _SIX, 4):
        if _is_address(match.group(), public_only):
            yield match.span()


def _around(text: str, sign: re.Pattern[str], pattern: re.Pattern[str], back: int) -> Iterator[re.Match[str]]:
    """Matches of `pattern` whose first sign is at most `back` characters in."""
    last = 0
    for first in sign.finditer(text):
        starts = range(max(last, first.start() - back), first.start() + 1)
        match = next((match for start in starts if (match := pattern.match(text, start))), None)
        if match:
            yield match
            last = match.end()


def _is_address(candidate: str, public_only: bool) -> bool:
    try:
        address = ip_address(candidate)
    except ValueError:
        return False
    if address.is_multicast or (address.version == 6 and len(candidate.strip(":").split(":")) < 2):
        return False
    if not public_only:
        return True
    if address.version == 4:
        documentation = any(address in network for network in _DOCUMENTATION)
        return documentation or (address.is_global and address not in _PROTOCOLS)
    return address in _DOCUMENTATION_SIX or (address.is_global and address in _GLOBAL_SIX)


def _is_version(text: str, match: re.Match[str]) -> bool:
    if match.group() in _RESOLVERS:
        return False
    start, end = match.span()
    near = max(0, start - 40)
    if _HEADING.match(text, end) and (start == 0 or text[start - 1] == "\n"):
        return True
    if _VERSION_WORD.search(text, near, start) or _UNIT_AFTER.match(text, end) or _is_oid(text, match):
        return True
    parts = [int(part) for part in match.group().split(".")]
    small = parts[0] < _SMALL_FIRST and parts[1] < _SMALL_SECOND and parts[0] != 10  # 10 begins private addresses
    if parts[0] < _SMALL and _PRODUCT.search(text, near, start) and not _NAMED_ADDRESS.search(text, near, start):
        return True
    if max(parts) >= _SMALL and not small:
        return False
    spoken_of = _ADDRESS_WORD.search(text, near, start) or _ADDRESS_WORD.search(text, end, end + 20)
    return not (spoken_of or _MACHINE_BEFORE.search(text, near, start) or _MACHINE_AFTER.match(text, end))


def _is_oid(text: str, match: re.Match[str]) -> bool:
    """True for an object identifier that happens to have four parts."""
    if _NAMED_ADDRESS.search(text, max(0, match.start() - 24), match.start()):
        return False
    called = _OID.match(match.group()) and _OID_WORD.search(text, max(0, match.start() - 24), match.end() + 12)
    return bool(called or _OID_ARC.match(match.group()))
