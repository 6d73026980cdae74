"""Mends text that was decoded with the wrong encoding (mojibake), line by line, and counts what cannot be mended.

UTF-8 read as a Western or Cyrillic code page is ftfy's work; UTF-8 read as Shift_JIS, and Shift_JIS or EUC-JP read as a
Western code page, is done here. ftfy is slow, so it sees only lines that hold a sign of trouble.
"""

import re
from typing import NamedTuple

# What the lead bytes of UTF-8 and of kana turn into: Latin-1 and Windows-1252, MacRoman, code page 437, Windows-1251, Shift_JIS.
SIGNS = "\u00c2-\u00f4√├┬ЂРСв縺繧繝¤¥‚ƒ"
# In words of Western languages a small letter, a blank or a comma follows: passed over at the speed of a scan.
_SIGN = re.compile(f"[{SIGNS}](?![a-z ,.\n])")
# A lead byte with as many continuation bytes as it asks for: "é”" in French is not one.
_TAIL = "[\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_CYRILLIC = "[ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—™љ›њќћџ\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕї]"
_BROKEN = re.compile(
    f"[Â-ß]{_TAIL}|[à-ï]{_TAIL}{{2}}|[ð-ô]{_TAIL}{{3}}|â€|[√├┬][^\x00-\x7f]|вЂ|(?:[РС]{_CYRILLIC}){{3}}"
    "|[縺繧繝]|[¤¥][\xa1-\xf6]|[‚ƒ][\x40-\x7e\x80-\xfc]"
)
# What three in a line of each mean: kanji for the lead bytes of kana, and pairs that spell kana.
_JAPANESE = (
    (re.compile("[縺繧繝]"), "cp932", "utf-8"),
    (re.compile("¤[\xa1-\xf3]|¥[\xa1-\xf6]"), "latin-1", "euc_jp"),
    (re.compile("[‚ƒ][\x40-\x7e\x80-\xfc…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"), "sloppy-windows-1252", "cp932"),
)
_KANA = re.compile("[ぁ-ヶ]")


class Mending(NamedTuple):
    """A mended text: how many of its lines were mended, how many broken sequences are left, where the first stood (-1: none)."""

    text: str
    lines: int
    broken_left: int
    start: int


def mend_encoding(text: str) -> Mending:
    """The text decoded anew where it was decoded wrongly. A text without a broken sequence comes back as it is."""
    start = _first_broken(text)
    if start < 0:
        return Mending(text, 0, 0, -1)
    lines = text.split("\n")
    japanese = _decode_japanese(text)
    if japanese is not None:
        changed = sum(line != good for line, good in zip(lines, japanese.split("\n"), strict=False))
        return Mending(japanese, changed, 0, start)
    mended = broken_left = offset = 0
    start = -1
    for number, line in enumerate(lines):
        sign = _first_broken(line)
        if sign >= 0:
            good, broken = _mend_line(line)
            if good != line or broken:
                start = offset + sign if start < 0 else start
                mended += good != line
                broken_left += broken
                lines[number] = good
        offset += len(line) + 1
    return Mending("\n".join(lines) if mended else text, mended, broken_left, start)


def _first_broken(text: str) -> int:
    """Where the first sequence starts that looks broken; -1: nowhere. Letters first: one class is a fast scan."""
    return next((match.start() for match in _SIGN.finditer(text) if _BROKEN.match(text, match.start())), -1)


def _mend_line(line: str) -> tuple[str, int]:
    """The line mended and the broken sequences that are left in it."""
    good = _decode_japanese(line)
    if good is not None:
        return good, 0
    kanji = len(_JAPANESE[0][0].findall(line))
    if kanji >= 3:
        return line, kanji
    import ftfy
    from ftfy.badness import badness

    good = str(ftfy.fix_encoding(line))
    return good, int(badness(good))


def _decode_japanese(text: str) -> str | None:
    """The text decoded as Japanese, where that leaves no byte over and gives kana; None where it does not."""
    import ftfy.bad_codecs.sloppy  # noqa: F401 - Importing it registers the codec.

    for pattern, wrong, right in _JAPANESE:
        if len(pattern.findall(text)) < 3:
            continue
        try:
            good = text.encode(wrong).decode(right)
        except UnicodeError:
            continue
        # UTF-8 that was read as a Western code page has such pairs as well; read as Shift_JIS it stays broken.
        if _KANA.search(good) and not _JAPANESE[0][0].search(good):
            return good
    return None
