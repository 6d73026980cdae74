"""What a page's or response's encoding is called, and its bytes as text, as browsers read them (WHATWG's Encoding Standard).

Python's codecs of these names are narrower: its `shift_jis` lacks ① and 髙, its `euc_kr` and `gbk` lack half of their characters.
"""

import codecs
import re

_WIDER = {
    "shift_jis": "cp932", "euc_jp": "euc_jp", "iso2022_jp": "iso2022_jp_ext", "euc_kr": "cp949", "gbk": "gb18030",
    "gb2312": "gb18030", "big5": "big5hkscs",
}  # fmt: skip
EAST_ASIAN = frozenset(_WIDER)
# Names that browsers do not know and servers send.
_OTHER_NAMES = {
    "cp932": "shift_jis",
    "ms932": "shift_jis",
    "windows-932": "shift_jis",
    "sjis-win": "shift_jis",
    "eucjp-win": "euc_jp",
}


def named_encoding(charset: str) -> str:
    """The encoding that a declared charset means, whatever its alias (x-sjis, windows-31j); empty where nobody knows it."""
    from resiliparse.parse.encoding import map_encoding_to_html5

    name = charset.strip(" \t\"'").lower()
    return str(map_encoding_to_html5(name, fallback_utf8=False) or _OTHER_NAMES.get(name, "")) if name else ""


def decode(data: bytes, encoding: str, errors: str = "strict") -> str:
    """The text of bytes in an encoding that `named_encoding` gives, or any of Python's; a byte order mark is left out.

    Raises UnicodeDecodeError where `errors` is "strict" and the bytes are of another, LookupError for an unknown one.
    """
    if encoding == "iso2022_jp":
        data, encoding = _as_euc_jp(data), "euc_jp"
    if encoding == "euc_jp":
        errors = "secondhalf-euc-jp" if errors == "strict" else "secondhalf-euc-jp-replace"
    return data.decode(_WIDER.get(encoding, encoding), errors).removeprefix("\ufeff")


_ESCAPE = re.compile(rb"\x1b(\$\(D|\$[@B]|\([BJIH])")
_EUC_SHIFTS = {b"$@": b"", b"$B": b"", b"$(D": b"\x8f", b"(I": b"\x8e"}


def _as_euc_jp(data: bytes) -> bytes:
    """ISO-2022-JP in the eight bits of EUC-JP, which has the same characters, those of vendors too (mail is full of ①)."""
    first, *rest = _ESCAPE.split(data)
    parts = [first]
    for escape, run in zip(rest[::2], rest[1::2], strict=True):
        shift = _EUC_SHIFTS.get(escape)
        if shift is None:
            parts.append(run)
            continue
        size = 1 if escape == b"(I" else 2
        # Line ends stand between lines of characters, where a writer left the last escape out.
        for line in re.split(rb"([\r\n]+)", run):
            if line[:1] in {b"\r", b"\n", b""}:
                parts.append(line)
            else:
                high = bytes(byte | 0x80 for byte in line)
                parts.append(b"".join(shift + high[at : at + size] for at in range(0, len(high), size)))
    return b"".join(parts)


def _vendor_characters(error: UnicodeError) -> tuple[str, int]:
    """What EUC-JP has beyond Python's: the rows of NEC and IBM, which Shift_JIS has too. JIS X 0208 maps one to the other."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    lead, trail = (*error.object[error.start : error.start + 2], 0, 0)[:2]
    if not (0xA1 <= lead <= 0xFE and 0xA1 <= trail <= 0xFE):
        raise error
    row, cell = lead - 0xA1, trail - 0xA1
    first = (row >> 1) + (0x81 if row < 62 else 0xC1)
    second = cell + 0x9F if row & 1 else cell + 0x40 + (cell >= 63)
    try:
        return bytes([first, second]).decode("cp932"), error.start + 2
    except UnicodeDecodeError:
        raise error from None


def _vendor_characters_or_lost(error: UnicodeError) -> tuple[str, int]:
    try:
        return _vendor_characters(error)
    except UnicodeDecodeError as unknown:
        return "\ufffd", unknown.end


codecs.register_error("secondhalf-euc-jp", _vendor_characters)
codecs.register_error("secondhalf-euc-jp-replace", _vendor_characters_or_lost)
